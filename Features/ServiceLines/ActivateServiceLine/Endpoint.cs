using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.ServiceLines;

/// <summary>Starts a drafted service line or resumes a paused one, if the plan has a place for it.</summary>
public static partial class ActivateServiceLine
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPost("/v1/service-lines/{serviceLine}/activate", Post)
                .WithName(nameof(ActivateServiceLine)).WithTags("Service lines").WithSummary("Activate a service line");

        private static async Task<NativeObject<ServiceLineObject>> Post(
            string serviceLine, Precondition ifMatch, Caller caller, IMediator mediator, CancellationToken ct) =>
            Native.Object(await mediator.Send(new Command(caller, serviceLine, ifMatch), ct));
    }
}
