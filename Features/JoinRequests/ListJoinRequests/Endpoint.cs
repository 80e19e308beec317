using Carter;
using MediatR;
using Microsoft.AspNetCore.Mvc;
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

/// <summary>Lists who asked to join a workspace, for its admins, in the order of asking.</summary>
public static partial class ListJoinRequests
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/v1/workspaces/{workspace}/join-requests", Get)
                .WithName(nameof(ListJoinRequests)).WithTags("Join requests").WithSummary("List join requests");

        private static async Task<NativeList<JoinRequestObject>> Get(
            string workspace,
            [FromQuery(Name = "status")] string? status,
            [FromQuery(Name = "cursor")] string? cursor,
            [FromQuery(Name = "limit")] int? limit,
            Caller caller,
            IMediator mediator,
            CancellationToken ct) =>
            Native.List(await mediator.Send(new Query(caller, workspace, status, cursor, limit ?? 20), ct));
    }
}
