using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Webhooks;

/// <summary>
/// Gives a webhook a new secret, shown this once; the old one signs beside it until the overlap is over.
/// </summary>
public static partial class RotateWebhookSecret
{
    public sealed record Body(long? OverlapSeconds);

    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPost("/v1/webhooks/{webhook}/rotate-secret", Post)
                .WithName(nameof(RotateWebhookSecret)).WithTags("Webhooks").WithSummary("Rotate a webhook's secret");

        private static async Task<NativeObject<WebhookObject>> Post(
            string webhook,
            Body? body,
            Precondition ifMatch,
            Caller caller,
            IMediator mediator,
            CancellationToken ct) =>
            Native.Object(await mediator.Send(new Command(caller, webhook, body?.OverlapSeconds ?? 0, ifMatch), ct));
    }
}
