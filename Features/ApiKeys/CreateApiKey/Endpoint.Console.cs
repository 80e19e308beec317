using Carter;
using MediatR;
using WorkspaceService.Features.Organizations;
using WorkspaceService.Features.Workspaces;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.ApiKeys;

public static partial class CreateApiKey
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        private const string Route = "/console/api-keys/new";
        private const int Most = 100;

        public void AddRoutes(IEndpointRouteBuilder app)
        {
            app.MapGet(Route, Get);
            app.MapPost(Route, Post).WithName("console." + nameof(CreateApiKey));
        }

        private static Task<IResult> Get(
            PageAddress address, Caller caller, IMediator mediator, Frames frames, CancellationToken ct)
        {
            var form = Form.Of(
                ("user_id", address["user_id"]),
                ("workspace_id", address["workspace_id"]),
                ("permissions", new[] { Permissions.Read }));
            return ShowAsync(form, null, address, caller, mediator, frames, ct);
        }

        private static async Task<IResult> Post(
            Form form, PageAddress address, Caller caller, IMediator mediator, Frames frames, CancellationToken ct)
        {
            var type = form["type"];
            var command = new Command(
                caller,
                form["name"],
                type,
                address["organization_id"],
                form["workspace_id"],
                form["user_id"],
                type == ApiKeyTypes.Secret ? form.All("permissions") : null,
                form.Date("expires_at"));
            if ((await form.SendAsync(mediator, command, ct)).Succeeded(out var made, out var fault))
            {
                return await ShowAsync(form, made.Value, address, caller, mediator, frames, ct);
            }

            form.Refused(
                fault,
                (Faults.NotOrganizationMember.Code, "user_id"),
                (Faults.RoleExceedsOwnRole.Code, "user_id"),
                (Faults.NotFound.Code, "workspace_id"));
            return await ShowAsync(form, null, address, caller, mediator, frames, ct);
        }

        private static async Task<IResult> ShowAsync(
            Form form,
            ApiKeyObject? made,
            PageAddress address,
            Caller caller,
            IMediator mediator,
            Frames frames,
            CancellationToken ct)
        {
            var organization = address["organization_id"];
            if (!(await frames.OfListAsync(caller, organization, ct)).Succeeded(out var frame, out var unseen))
            {
                return Html.Refused(form.Fault ?? unseen);
            }

            if (frame.RefusalOfKeys is { } refusal)
            {
                return Html.Refused(form.Fault ?? refusal);
            }

            var administers = frame.MayInOrganization(Need.Manage(Permissions.Read));
            var types = administers ? View.OfAdministrators : View.OfOthers;
            var asked = form["type"] ?? address["type"] ?? (address.Has("user_id") ? ApiKeyTypes.User : null);
            var view = new View(frame, address, form, types, types.Contains(asked) ? asked! : types[0], made);
            if (made is not null || organization is null)
            {
                return Html.Show(view);
            }

            var workspaces = await mediator.Send(
                new ListWorkspaces.Query(caller, organization, Sort: "name", Limit: Most), ct);
            var people = await mediator.Send(
                new ListOrganizationMembers.Query(caller, organization, Status: UserObject.Active, Limit: Most), ct);
            return Html.Show(view with
            {
                Workspaces = workspaces.Match(page => page.Next is null ? page.Items : null!, _ => null!),
                People = people.Match(page => page.Next is null ? page.Items : null!, _ => null!),
            });
        }
    }

    /// <param name="Types">Those that the caller may issue.</param>
    /// <param name="Type">The one that the form is about.</param>
    /// <param name="Made">The key, which is shown this once; null before.</param>
    public sealed record View(
        Frame Frame,
        PageAddress Address,
        Form Form,
        IReadOnlyList<string> Types,
        string Type,
        ApiKeyObject? Made)
        : IView<Pages.ApiKeys.CreateApiKey.Page>
    {
        internal static readonly string[] OfAdministrators =
            [ApiKeyTypes.Secret, ApiKeyTypes.Publishable, ApiKeyTypes.User];

        internal static readonly string[] OfOthers = [ApiKeyTypes.User];

        /// <summary>To which it can be narrowed; null where there are too many to choose from.</summary>
        public IReadOnlyList<WorkspaceRow>? Workspaces { get; init; }

        /// <summary>Whom it can stand for; null where there are too many to choose from.</summary>
        public IReadOnlyList<MemberObject>? People { get; init; }
    }
}
