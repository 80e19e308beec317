using Carter;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Events;

/// <summary>
/// Sends what happens as it happens, and before that what happened after the last event that the reader has seen.
/// </summary>
public static partial class StreamEvents
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/v1/events/stream", Get)
                .WithName(nameof(StreamEvents)).WithTags("Events").WithSummary("Stream events");

        private static async Task<NativeEvents> Get(
            [FromQuery(Name = "organization_id")] string? organizationId,
            [FromQuery(Name = "workspace_id")] string? workspaceId,
            string? type,
            [FromQuery(Name = "actor_id")] string? actorId,
            string? from,
            string? to,
            string? after,
            [FromHeader(Name = "Last-Event-ID")] string? lastEventId,
            Caller caller,
            HttpRequest request,
            IMediator mediator,
            CancellationToken ct)
        {
            var query = new Query(
                caller, Authentication.KeyOf(request)!, organizationId, workspaceId, type, actorId,
                from, to, after, lastEventId);
            return Native.Events(await mediator.Send(query, ct));
        }
    }
}
