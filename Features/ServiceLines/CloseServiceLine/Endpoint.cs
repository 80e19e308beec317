using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.ServiceLines;

/// <summary>Ends an active or paused service line in good order, for good.</summary>
public static partial class CloseServiceLine
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPost("/v1/service-lines/{serviceLine}/close", Post)
                .WithName(nameof(CloseServiceLine)).WithTags("Service lines").WithSummary("Close a service line");

        private static async Task<NativeObject<ServiceLineObject>> Post(
            string serviceLine, Precondition ifMatch, Caller caller, IMediator mediator, CancellationToken ct) =>
            Native.Object(await mediator.Send(new Command(caller, serviceLine, ifMatch), ct));
    }
}
