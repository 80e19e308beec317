using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Webhooks;

/// <summary>Shows one webhook, without its secret.</summary>
public static partial class GetWebhook
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/v1/webhooks/{webhook}", Get)
                .WithName(nameof(GetWebhook)).WithTags("Webhooks").WithSummary("Get a webhook");

        private static async Task<NativeObject<WebhookObject>> Get(
            string webhook, Caller caller, IMediator mediator, CancellationToken ct) =>
            Native.Object(await mediator.Send(new Query(caller, webhook), ct));
    }
}
