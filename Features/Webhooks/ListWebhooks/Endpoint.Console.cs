using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Features.Webhooks;

public static partial class ListWebhooks
{
    internal sealed class ConsoleEndpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/console/webhooks", Get).WithName("console." + nameof(ListWebhooks));

        private static async Task<IResult> Get(
            PageAddress address, Caller caller, IMediator mediator, Frames frames, CancellationToken ct)
        {
            var frame = await frames.OfWebhooksAsync(caller, address["organization_id"], ct);
            var query = new Query(
                caller,
                address["organization_id"],
                address["workspace_id"],
                address["status"],
                address["cursor"],
                View.Rows);
            return frame.And(await mediator.Send(query, ct)).Match(
                both => Html.Show(new View(both.First, address, both.Second)), Html.Refused);
        }
    }

    public sealed record View(Frame Frame, PageAddress Address, Page<WebhookObject> Webhooks)
        : IView<Pages.Webhooks.ListWebhooks.Page>
    {
        internal const int Rows = 25;
    }
}
