using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Operation;

/// <summary>Says that the service runs, whatever state its database is in.</summary>
public static partial class ShowLiveness
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app)
        {
            app.MapGet("/livez", Get)
                .AllowAnonymous().WithName(nameof(ShowLiveness)).WithTags("Operation")
                .WithSummary("Is the service running?");
        }

        private static async Task<NativePlain<Response>> Get(IMediator mediator, CancellationToken ct) =>
            Native.Plain(await mediator.Send(new Query(), ct));
    }
}
