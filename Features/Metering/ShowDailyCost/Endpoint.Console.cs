using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Metering;

/// <summary>Shows what the service lines of a workspace cost on each day of a month, and each of them in all.</summary>
public static partial class ShowDailyCost
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/console/workspaces/{workspace}/cost", Get).WithName("console." + nameof(ShowDailyCost));

        private static async Task<IResult> Get(
            string workspace,
            PageAddress address,
            Caller caller,
            IMediator mediator,
            Frames frames,
            CancellationToken ct)
        {
            var frame = await frames.OfWorkspaceAsync(caller, workspace, ct);
            var cost = await mediator.Send(new Query(caller, workspace, address["month"]), ct);
            return frame.And(cost).Match(
                both => Html.Show(new View(both.First, address, both.Second)), Html.Refused);
        }
    }

    public sealed record View(Frame Frame, PageAddress Address, Response Cost)
        : IView<Pages.Metering.ShowDailyCost.Page>;
}
