using Carter;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Workspaces;

/// <summary>Lists the workspaces that the caller may see, with this moment's metrics, a page at a time.</summary>
public static partial class ListWorkspaces
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/v1/workspaces", Get)
                .WithName(nameof(ListWorkspaces)).WithTags("Workspaces").WithSummary("List workspaces");

        private static async Task<NativeList<WorkspaceRow>> Get(
            Caller caller,
            IMediator mediator,
            [FromQuery(Name = "organization_id")] string? organizationId,
            string? status,
            string? type,
            string? slug,
            string? q,
            string? sort,
            string? cursor,
            int? limit,
            CancellationToken ct)
        {
            var query = new Query(
                caller, organizationId, status, type, q, sort ?? "id", cursor, limit ?? Paging.DefaultLimit, slug);
            return Native.List(await mediator.Send(query, ct));
        }
    }
}
