using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Webhooks;

/// <summary>Ends a webhook; nothing more is sent, and its deliveries are deleted.</summary>
public static partial class DeleteWebhook
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapDelete("/v1/webhooks/{webhook}", Delete)
                .WithName(nameof(DeleteWebhook)).WithTags("Webhooks").WithSummary("Delete a webhook");

        private static async Task<NativeNothing> Delete(
            string webhook, Precondition ifMatch, Caller caller, IMediator mediator, CancellationToken ct) =>
            Native.Nothing(await mediator.Send(new Command(caller, webhook, ifMatch), ct));
    }
}
