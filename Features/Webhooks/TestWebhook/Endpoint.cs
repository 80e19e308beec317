using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Webhooks;

/// <summary>Sends an event of the type <c>webhook.test</c> to one webhook alone.</summary>
public static partial class TestWebhook
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPost("/v1/webhooks/{webhook}/test", Post)
                .WithName(nameof(TestWebhook)).WithTags("Webhooks").WithSummary("Test a webhook");

        private static async Task<NativeAccepted<Response>> Post(
            string webhook, Precondition ifMatch, Caller caller, IMediator mediator, CancellationToken ct) =>
            Native.Accepted(await mediator.Send(new Command(caller, webhook, ifMatch), ct));
    }
}
