using Carter;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.AuditLogs;

/// <summary>
/// Reads the audit log of an organization: every change, and also what was refused and changed nothing, with the
/// reason. Refusals are in it within a second.
/// </summary>
public static partial class ListAuditLogs
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/v1/audit-logs", Get)
                .WithName(nameof(ListAuditLogs)).WithTags("Audit logs").WithSummary("List the audit log");

        private static async Task<NativeList<AuditEntryObject>> Get(
            [FromQuery(Name = "organization_id")] string? organizationId,
            [FromQuery(Name = "workspace_id")] string? workspaceId,
            [FromQuery(Name = "actor_id")] string? actorId,
            [FromQuery(Name = "actor_type")] string? actorType,
            string? action,
            string? outcome,
            string? from,
            string? to,
            string? sort,
            string? cursor,
            int? limit,
            Caller caller,
            IMediator mediator,
            CancellationToken ct)
        {
            var query = new Query(
                caller, organizationId ?? "", workspaceId, actorId, actorType, action, outcome, from, to,
                sort ?? "occurred_at", cursor, limit ?? Paging.DefaultLimit);
            return Native.List(await mediator.Send(query, ct));
        }
    }
}
