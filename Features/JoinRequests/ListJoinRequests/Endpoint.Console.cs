using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.JoinRequests;

public static partial class ListJoinRequests
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/console/workspaces/{workspace}/join-requests", Get)
                .WithName("console." + nameof(ListJoinRequests));

        private static async Task<IResult> Get(
            string workspace,
            PageAddress address,
            Caller caller,
            IMediator mediator,
            Frames frames,
            CancellationToken ct)
        {
            var query = new Query(caller, workspace, address["status"], address["cursor"], View.Rows, address["id"]);
            var frame = await frames.OfWorkspaceAsync(caller, workspace, ct);
            return frame.And(await mediator.Send(query, ct)).Match(
                both => Html.Show(new View(both.First, address, both.Second)), Html.Refused);
        }
    }

    public sealed record View(Frame Frame, PageAddress Address, Page<JoinRequestObject> Requests)
        : IView<Pages.JoinRequests.ListJoinRequests.Page>
    {
        internal const int Rows = 25;
    }
}
