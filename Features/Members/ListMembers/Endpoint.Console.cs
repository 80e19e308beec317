using Carter;
using MediatR;
using WorkspaceService.Features.Invitations;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Members;

public static partial class ListMembers
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/console/workspaces/{workspace}/members", Get).WithName("console." + nameof(ListMembers));

        private static async Task<IResult> Get(
            string workspace,
            PageAddress address,
            Caller caller,
            IMediator mediator,
            Frames frames,
            CancellationToken ct)
        {
            if (!(await frames.OfWorkspaceAsync(caller, workspace, ct)).Succeeded(out var frame, out var unseen))
            {
                return Html.Refused(unseen);
            }

            var query = new Query(
                caller,
                workspace,
                Include: "implicit",
                address["role"],
                address["status"],
                address["q"],
                address["cursor"],
                View.Rows);
            var pending = new ListInvitations.Query(
                caller, workspace, InvitationLifecycle.Pending, address["q"], Limit: View.MostInvitations);
            var invitations = await mediator.Send(pending, ct); // for admins; others are refused
            return (await mediator.Send(query, ct)).Match(
                page => Html.Show(new View(frame, address, page, invitations.Match(its => its, _ => null!))),
                Html.Refused);
        }
    }

    /// <param name="Invitations">Those who are invited and have not answered; null for who may not see them.</param>
    public sealed record View(
        Frame Frame, PageAddress Address, Page<MemberObject> Members, Page<InvitationObject>? Invitations)
        : IView<Pages.Members.ListMembers.Page>
    {
        internal const int Rows = 25;
        internal const int MostInvitations = 25;
    }
}
