using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Operation;

/// <summary>Says whether the service can serve now: its database answers, and it is not being stopped.</summary>
public static partial class ShowReadiness
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app)
        {
            app.MapGet("/readyz", Get)
                .AllowAnonymous().WithName(nameof(ShowReadiness)).WithTags("Operation")
                .WithSummary("Can the service serve now?")
                .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        }

        private static async Task<NativePlain<Response>> Get(IMediator mediator, CancellationToken ct) =>
            Native.Plain(await mediator.Send(new Query(), ct));
    }
}
