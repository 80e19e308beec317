using Carter;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Events;

/// <summary>
/// Reads what happened, in order, so that a reader who goes on after the last event it saw misses none.
/// </summary>
public static partial class ListEvents
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/v1/events", Get).WithName(nameof(ListEvents)).WithTags("Events").WithSummary("List events");

        private static async Task<NativeList<EventObject>> Get(
            [FromQuery(Name = "organization_id")] string? organizationId,
            [FromQuery(Name = "workspace_id")] string? workspaceId,
            string? type,
            [FromQuery(Name = "actor_id")] string? actorId,
            string? from,
            string? to,
            string? after,
            string? cursor,
            int? limit,
            Caller caller,
            IMediator mediator,
            CancellationToken ct)
        {
            var query = new Query(
                caller, organizationId, workspaceId, type, actorId,
                from, to, after, cursor, limit ?? Paging.DefaultLimit);
            return Native.List(await mediator.Send(query, ct));
        }
    }
}
