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

namespace WorkspaceService.Features.JoinRequests;

/// <summary>Asks the admins of a closed workspace to be taken in.</summary>
public static partial class RequestToJoin
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapPost("/v1/workspaces/{workspace}/join-requests", Post)
                .WithName(nameof(RequestToJoin)).WithTags("Join requests")
                .WithSummary("Ask to join a closed workspace");

        private static async Task<NativeCreated<JoinRequestObject>> Post(
            string workspace, Caller caller, IMediator mediator, CancellationToken ct) =>
            Native.Created(
                await mediator.Send(new Command(caller, workspace), ct),
                request => $"/v1/workspaces/{workspace}/join-requests/{request.Id}");
    }
}
