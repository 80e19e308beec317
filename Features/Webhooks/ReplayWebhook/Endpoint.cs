using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Webhooks;

/// <summary>Sends a part of the log to a webhook again: those of its events that the webhook takes.</summary>
public static partial class ReplayWebhook
{
    /// <param name="After">A sequence; the first event is the next one. 0 for the beginning of the log.</param>
    /// <param name="Before">A sequence; the last event is the one before. Without it, up to the end of the log.</param>
    public sealed record Body(long? After, long? Before);

    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPost("/v1/webhooks/{webhook}/replay", Post)
                .WithName(nameof(ReplayWebhook)).WithTags("Webhooks").WithSummary("Replay events to a webhook");

        private static async Task<NativeAccepted<Response>> Post(
            string webhook, Body body, Precondition ifMatch, Caller caller, IMediator mediator, CancellationToken ct) =>
            Native.Accepted(await mediator.Send(new Command(caller, webhook, body.After, body.Before, ifMatch), ct));
    }
}
