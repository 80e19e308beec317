using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Webhooks;

/// <summary>Changes where events are sent, which, and whether; enabled again, it goes on where it was.</summary>
public static partial class UpdateWebhook
{
    public sealed record Body
    {
        public Optional<string?> Url { get; init; }

        public Optional<string?> Description { get; init; }

        public Optional<IReadOnlyList<string>?> Events { get; init; }

        public Optional<string?> Status { get; init; }

        /// <summary>Made by the service: not to be given.</summary>
        public Optional<string?> Secret { get; init; }
    }

    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPatch("/v1/webhooks/{webhook}", Patch)
                .WithName(nameof(UpdateWebhook)).WithTags("Webhooks").WithSummary("Update a webhook");

        private static async Task<NativeObject<WebhookObject>> Patch(
            string webhook, Body body, Precondition ifMatch, Caller caller, IMediator mediator, CancellationToken ct) =>
            Native.Object(await mediator.Send(new Command(caller, webhook, body, ifMatch), ct));
    }
}
