using Carter;
using MediatR;
using WorkspaceService.Features.Access;
using WorkspaceService.Features.JoinRequests;
using WorkspaceService.Features.Metering;
using WorkspaceService.Features.ServiceLines;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Workspaces;

public static partial class GetWorkspace
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/console/workspaces/{workspace}", Get).WithName("console." + nameof(GetWorkspace));

        // What the caller may not see of it is refused, and left out.
        private static async Task<IResult> Get(
            string workspace, Caller caller, IMediator mediator, Frames frames, CancellationToken ct)
        {
            var frame = await frames.OfWorkspaceAsync(caller, workspace, ct);
            if (!frame.And(await mediator.Send(new Query(caller, workspace), ct))
                .Succeeded(out var shown, out var refused))
            {
                return Html.Refused(refused);
            }

            var seats = await mediator.Send(new ShowSeats.Query(caller, workspace), ct);
            var cost = await mediator.Send(new ShowDailyCost.Query(caller, workspace), ct);
            var lines = await mediator.Send(
                new ListServiceLines.Query(
                    caller, workspace, Status: ServiceLineLifecycle.Active, Limit: View.MostLines),
                ct);
            var asking = await mediator.Send(
                new ListJoinRequests.Query(caller, workspace, JoinRequestLifecycle.Pending, Limit: View.MostAsking),
                ct);
            var asked = await mediator.Send(new ShowOwnJoinRequest.Query(caller, workspace), ct);
            return Html.Show(new View(
                shown.First,
                shown.Second.Value,
                seats.Match(its => its, _ => null!),
                cost.Match(its => its, _ => null!),
                lines.Match(its => its, _ => null!),
                asking.Match(its => its.Items.Count, _ => 0),
                asked.Match(own => own.Value, _ => null!)));
        }
    }

    /// <param name="Seats">Null, as the two after it, for who does not belong to the workspace.</param>
    /// <param name="Lines">The active ones.</param>
    /// <param name="Asking">How many wait to be taken in; 0 for who does not decide that.</param>
    /// <param name="Asked">The caller's own request to join; null for none.</param>
    public sealed record View(
        Frame Frame,
        WorkspaceObject Workspace,
        ShowSeats.Response? Seats,
        ShowDailyCost.Response? Cost,
        Page<ServiceLineObject>? Lines,
        int Asking,
        JoinRequestObject? Asked) : IView<Pages.Workspaces.GetWorkspace.Page>
    {
        internal const int MostLines = 25;
        internal const int MostAsking = 100;
    }
}
