using Carter;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.AuditLogs;

/// <summary>
/// Exports the audit log of an organization, the oldest entry first, as a file of any size. Its events can be verified
/// by their hashes alone.
/// </summary>
public static partial class ExportAuditLogs
{
    internal sealed class Endpoint : ICarterModule
    {
        public void AddRoutes(IEndpointRouteBuilder app) =>
            app.MapGet("/v1/audit-logs/export", Get)
                .WithName(nameof(ExportAuditLogs)).WithTags("Audit logs").WithSummary("Export the audit log");

        private static async Task<NativeExport<ExportedEntryObject>> Get(
            [FromQuery(Name = "organization_id")] string? organizationId,
            string? format,
            [FromQuery(Name = "workspace_id")] string? workspaceId,
            [FromQuery(Name = "actor_id")] string? actorId,
            [FromQuery(Name = "actor_type")] string? actorType,
            string? action,
            string? outcome,
            string? from,
            string? to,
            Caller caller,
            IMediator mediator,
            CancellationToken ct)
        {
            var query = new Query(
                caller, organizationId ?? "", format ?? ExportFormats.Lines, workspaceId, actorId, actorType, action,
                outcome, from, to);
            return new(await mediator.Send(query, ct), query.Format);
        }
    }
}
