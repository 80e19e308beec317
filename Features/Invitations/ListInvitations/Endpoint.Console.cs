using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Invitations;

public static partial class ListInvitations
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/console/workspaces/{workspace}/invitations", Get)
                .WithName("console." + nameof(ListInvitations));

        private static async Task<IResult> Get(
            string workspace,
            PageAddress address,
            Caller caller,
            IMediator mediator,
            Frames frames,
            CancellationToken ct)
        {
            var query = new Query(
                caller, workspace, address["status"], address["q"], address["cursor"], View.Rows, address["id"]);
            var frame = await frames.OfWorkspaceAsync(caller, workspace, ct);
            return frame.And(await mediator.Send(query, ct)).Match(
                both => Html.Show(new View(both.First, address, both.Second)), Html.Refused);
        }
    }

    public sealed record View(Frame Frame, PageAddress Address, Page<InvitationObject> Invitations)
        : IView<Pages.Invitations.ListInvitations.Page>
    {
        internal const int Rows = 25;
    }
}
