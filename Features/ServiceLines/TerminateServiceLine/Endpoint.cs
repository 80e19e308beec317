using Carter;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Caching;
using WorkspaceService.Infrastructure.Database.Sqlite;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Hosting;
using WorkspaceService.Infrastructure.Hosting.Logging;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.OpenApi;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.ServiceLines;

/// <summary>Ends a service line early, whatever it is doing, for good.</summary>
public static partial class TerminateServiceLine
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPost("/v1/service-lines/{serviceLine}/terminate", Post)
                .WithName(nameof(TerminateServiceLine)).WithTags("Service lines")
                .WithSummary("Terminate a service line");

        private static async Task<NativeObject<ServiceLineObject>> Post(
            string serviceLine, Precondition ifMatch, Caller caller, IMediator mediator, CancellationToken ct) =>
            Native.Object(await mediator.Send(new Command(caller, serviceLine, ifMatch), ct));
    }
}
