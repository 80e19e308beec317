using Carter;
using MediatR;
using WorkspaceService.Features.Users;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Organizations;

public static partial class RemoveOrganizationMember
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        private const string Route = "/console/organizations/{organization}/members/{user}/remove";
        private const int MostWorkspaces = 100;

        public void AddRoutes(IEndpointRouteBuilder app)
        {
            app.MapGet(Route, Get);
            app.MapPost(Route, Post).WithName("console." + nameof(RemoveOrganizationMember));
        }

        private static Task<IResult> Get(
            string organization, string user, Caller caller, IMediator mediator, Frames frames, CancellationToken ct) =>
            ShowAsync(organization, user, Form.Of(), caller, mediator, frames, ct);

        private static async Task<IResult> Post(
            string organization,
            string user,
            Form form,
            Caller caller,
            IMediator mediator,
            Frames frames,
            CancellationToken ct)
        {
            var command = new Command(caller, organization, user, form.IfMatch);
            if (!(await form.SendAsync(mediator, command, ct)).Succeeded(out _, out var fault))
            {
                return await ShowAsync(organization, user, form.Refused(fault), caller, mediator, frames, ct);
            }

            return user == caller.UserCode
                ? Html.GoTo("/console", "You have left the organization.")
                : Html.GoTo(
                    $"/console/organizations/{organization}/members",
                    $"{form["name"] ?? user} does not belong to the organization any more.");
        }

        private static async Task<IResult> ShowAsync(
            string organization,
            string user,
            Form form,
            Caller caller,
            IMediator mediator,
            Frames frames,
            CancellationToken ct)
        {
            var opened = await frames.OfOrganizationAsync(caller, organization, ct);
            var found = await mediator.Send(new GetOrganizationMember.Query(caller, organization, user), ct);
            if (!opened.And(found).Succeeded(out var both, out var unseen))
            {
                return Html.Refused(form.Fault ?? unseen);
            }

            var (frame, member) = both;
            var need = Need.Manage(Permissions.MembersManage);
            var refusal = frame.RefusalInOrganization(user == caller.UserCode ? need with { Rank = 0 } : need)
                ?? (member.Value.Role == Roles.Owner ? Faults.OwnerProtected : null);
            if (refusal is not null)
            {
                return Html.Refused(form.Fault ?? refusal);
            }

            var all = await mediator.Send(
                new ListUserWorkspaces.Query(caller, user, Limit: MostWorkspaces), ct);
            var lost = all.Match(page => page.Items, _ => []).Where(workspace =>
                workspace.OrganizationId == organization && workspace.Source == RoleSource.Workspace);
            return Html.Show(new View(frame, member, [.. lost], form));
        }
    }

    /// <param name="Workspaces">Those in which the person has a role of its own, as many as a page has.</param>
    public sealed record View(
        Frame Frame, Versioned<MemberObject> Member, IReadOnlyList<UserWorkspace> Workspaces, Form Form)
        : IView<Pages.Organizations.RemoveOrganizationMember.Page>;
}
