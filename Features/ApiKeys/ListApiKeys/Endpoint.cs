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

namespace WorkspaceService.Features.ApiKeys;

/// <summary>
/// Lists the keys that the caller may manage: its own, and those of the organizations it administers.
/// </summary>
public static partial class ListApiKeys
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/v1/api-keys", Get)
                .WithName(nameof(ListApiKeys)).WithTags("API keys").WithSummary("List API keys");

        private static async Task<NativeList<ApiKeyObject>> Get(
            [FromQuery(Name = "organization_id")] string? organizationId,
            [FromQuery(Name = "workspace_id")] string? workspaceId,
            string? type,
            string? cursor,
            int? limit,
            Caller caller,
            IMediator mediator,
            CancellationToken ct)
        {
            var query = new Query(caller, organizationId, workspaceId, type, cursor, limit ?? Paging.DefaultLimit);
            return Native.List(await mediator.Send(query, ct));
        }
    }
}
