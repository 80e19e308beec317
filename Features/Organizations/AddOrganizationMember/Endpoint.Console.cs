using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Organizations;

public static partial class AddOrganizationMember
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        private const string Route = "/console/organizations/{organization}/members/add";

        public void AddRoutes(IEndpointRouteBuilder app)
        {
            app.MapGet(Route, Get);
            app.MapPost(Route, Post).WithName("console." + nameof(AddOrganizationMember));
        }

        private static Task<IResult> Get(
            string organization, PageAddress address, Caller caller, Frames frames, CancellationToken ct) =>
            ShowAsync(
                organization,
                Form.Of(("user_id", address["user_id"]), ("role", Roles.Member)),
                caller,
                frames,
                ct);

        private static async Task<IResult> Post(
            string organization,
            Form form,
            Caller caller,
            IMediator mediator,
            Frames frames,
            CancellationToken ct)
        {
            var user = form["user_id"];
            var email = form["email"] ?? (user is null ? "" : null); // its field is the one that stands open
            var command = new Command(caller, organization, user, email, form["name"], form["role"]);
            if ((await form.SendAsync(mediator, command, ct)).Succeeded(out var member, out var fault))
            {
                return Html.GoTo(
                    $"/console/organizations/{organization}/members",
                    $"{member.Value.Name} belongs to the organization now.");
            }

            var who = user is null ? "email" : "user_id";
            form.Refused(fault, (Membership.AlreadyMember.Code, who), (UserRecords.UserDeactivated.Code, who));
            return await ShowAsync(organization, form, caller, frames, ct);
        }

        private static async Task<IResult> ShowAsync(
            string organization, Form form, Caller caller, Frames frames, CancellationToken ct)
        {
            if (!(await frames.OfOrganizationAsync(caller, organization, ct)).Succeeded(out var frame, out var unseen))
            {
                return Html.Refused(unseen);
            }

            return frame.RefusalInOrganization(Need.Manage(Permissions.MembersManage)) is { } refusal
                ? Html.Refused(form.Fault ?? refusal)
                : Html.Show(new View(frame, form));
        }
    }

    public sealed record View(Frame Frame, Form Form) : IView<Pages.Organizations.AddOrganizationMember.Page>;
}
