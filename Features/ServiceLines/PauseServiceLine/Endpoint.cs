using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.ServiceLines;

/// <summary>Pauses an active service line, which gives up its place in the plan.</summary>
public static partial class PauseServiceLine
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPost("/v1/service-lines/{serviceLine}/pause", Post)
                .WithName(nameof(PauseServiceLine)).WithTags("Service lines").WithSummary("Pause a service line");

        private static async Task<NativeObject<ServiceLineObject>> Post(
            string serviceLine, Precondition ifMatch, Caller caller, IMediator mediator, CancellationToken ct) =>
            Native.Object(await mediator.Send(new Command(caller, serviceLine, ifMatch), ct));
    }
}
