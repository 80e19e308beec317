using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Organizations;

public static partial class ChangeOrganizationMemberRole
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        private const string Route = "/console/organizations/{organization}/members/{user}/role";

        public void AddRoutes(IEndpointRouteBuilder app)
        {
            app.MapGet(Route, Get);
            app.MapPost(Route, Post).WithName("console." + nameof(ChangeOrganizationMemberRole));
        }

        private static Task<IResult> Get(
            string organization, string user, Caller caller, IMediator mediator, Frames frames, CancellationToken ct) =>
            ShowAsync(organization, user, null, caller, mediator, frames, ct);

        private static async Task<IResult> Post(
            string organization,
            string user,
            Form form,
            Caller caller,
            IMediator mediator,
            Frames frames,
            CancellationToken ct)
        {
            var command = new Command(caller, organization, user, form["role"], form.IfMatch);
            return (await form.SendAsync(mediator, command, ct)).Succeeded(out var member, out var fault)
                ? Html.GoTo(
                    $"/console/organizations/{organization}/members",
                    $"{member.Value.Name} has the role {member.Value.Role} now.")
                : await ShowAsync(organization, user, form.Refused(fault), caller, mediator, frames, ct);
        }

        private static async Task<IResult> ShowAsync(
            string organization,
            string user,
            Form? form,
            Caller caller,
            IMediator mediator,
            Frames frames,
            CancellationToken ct)
        {
            var opened = await frames.OfOrganizationAsync(caller, organization, ct);
            var found = await mediator.Send(new GetOrganizationMember.Query(caller, organization, user), ct);
            if (!opened.And(found).Succeeded(out var both, out var unseen))
            {
                return Html.Refused(form?.Fault ?? unseen);
            }

            var (frame, member) = both;
            var refusal = frame.RefusalInOrganization(Need.Manage(Permissions.MembersManage))
                ?? (member.Value.Role == Roles.Owner ? Faults.OwnerProtected : null);
            return refusal is not null
                ? Html.Refused(form?.Fault ?? refusal)
                : Html.Show(new View(frame, member, form ?? Form.Of(("role", member.Value.Role))));
        }
    }

    public sealed record View(Frame Frame, Versioned<MemberObject> Member, Form Form)
        : IView<Pages.Organizations.ChangeOrganizationMemberRole.Page>;
}
