using System.Runtime.CompilerServices;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.AuditLogs;

public static partial class ExportAuditLogs
{
    /// <param name="Format">jsonl for a JSON object a line, or csv.</param>
    /// <param name="WorkspaceId">May be deleted by now.</param>
    /// <param name="ActorType">The kind of the actor: root, user, api_key or system.</param>
    /// <param name="Action">The type of an event, or the id of an operation that was refused.</param>
    /// <param name="Outcome">success for what was done, denied for what was refused.</param>
    /// <param name="From">RFC 3339; entries of this moment are in.</param>
    /// <param name="To">RFC 3339; entries of this moment are out.</param>
    public sealed record Query(
        Caller Caller,
        string OrganizationId,
        string Format = "jsonl",
        string? WorkspaceId = null,
        string? ActorId = null,
        string? ActorType = null,
        string? Action = null,
        string? Outcome = null,
        string? From = null,
        string? To = null) : IQuery<Export<ExportedEntryObject>>;

    private const int PageSize = 500;

    private static DateTimeOffset? TimeOf(string? text) => JsonConventions.TryTime(text, out var time) ? time : null;

    // No QueryHandler: the rows are read when they are written, page by page, so that no slow reader holds a
    // transaction.
    private sealed class Handler(ConnectionFactory db, TimeProvider clock)
        : IRequestHandler<Query, Outcome<Export<ExportedEntryObject>>>
    {
        public async Task<Outcome<Export<ExportedEntryObject>>> Handle(Query query, CancellationToken ct)
        {
            await using (var session = db.Open(query.Caller, ct))
            {
                var found = await OrganizationAuthorization.FindAsync(
                    session, query.OrganizationId, Need.Inspect(Permissions.AuditRead));
                if (!found.Succeeded(out _, out var fault))
                {
                    return fault;
                }

                if (query.WorkspaceId is { } workspace
                    && !await AuditLog.HasWorkspaceAsync(session, query.OrganizationId, workspace))
                {
                    return Faults.NotFound;
                }
            }

            await EventOrder.AssignAllAsync(db, query.Caller, ct);
            return new Export<ExportedEntryObject>($"audit-log-{query.OrganizationId}", ReadAsync(query, ct));
        }

        // All that there is when it begins: it ends, however much is written meanwhile.
        private async IAsyncEnumerable<ExportedEntryObject> ReadAsync(
            Query query, [EnumeratorCancellation] CancellationToken ct)
        {
            var filter = new AuditFilter(
                query.OrganizationId, query.WorkspaceId, query.ActorId, query.ActorType, query.Action, query.Outcome,
                TimeOf(query.From), TimeOf(query.To));
            AuditBounds bounds;
            await using (var session = db.Open(query.Caller, ct))
            {
                bounds = await AuditLog.FindBoundsAsync(session, filter);
                var last = await AuditLog.FindLastAsync(session, query.OrganizationId);
                bounds = bounds with { Before = Math.Min(bounds.Before, last + 1), RefusedBefore = clock.GetUtcNow() };
            }

            var behind = AuditPosition.First;
            List<AuditEntry> page;
            do
            {
                await using (var session = db.Open(query.Caller, ct))
                {
                    page = await AuditLog.ListAsync(session, filter, bounds, behind, newestFirst: false, PageSize);
                }

                foreach (var row in page)
                {
                    behind = behind.Behind(row);
                    yield return ExportedEntryObject.Of(row);
                }
            }
            while (page.Count == PageSize);
        }
    }
}
