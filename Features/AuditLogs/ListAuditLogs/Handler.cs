using System.Globalization;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.AuditLogs;

public static partial class ListAuditLogs
{
    /// <param name="WorkspaceId">May be deleted by now.</param>
    /// <param name="ActorType">The kind of the actor: root, user, api_key or system.</param>
    /// <param name="Action">The type of an event, or the id of an operation that was refused.</param>
    /// <param name="Outcome">success for what was done, denied for what was refused.</param>
    /// <param name="From">RFC 3339; entries of this moment are in.</param>
    /// <param name="To">RFC 3339; entries of this moment are out.</param>
    /// <param name="Sort">occurred_at for the oldest first, -occurred_at for the newest.</param>
    public sealed record Query(
        Caller Caller,
        string OrganizationId,
        string? WorkspaceId = null,
        string? ActorId = null,
        string? ActorType = null,
        string? Action = null,
        string? Outcome = null,
        string? From = null,
        string? To = null,
        string Sort = "occurred_at",
        string? Cursor = null,
        int Limit = Paging.DefaultLimit) : IQuery<Page<AuditEntryObject>>;

    private static DateTimeOffset? TimeOf(string? text) => JsonConventions.TryTime(text, out var time) ? time : null;

    // No QueryHandler: committed events may need sequence numbers first, which is a write.
    private sealed class Handler(ConnectionFactory db) : IRequestHandler<Query, Outcome<Page<AuditEntryObject>>>
    {
        public async Task<Outcome<Page<AuditEntryObject>>> Handle(Query query, CancellationToken ct)
        {
            await using (var session = db.Open(query.Caller, ct))
            {
                var found = await OrganizationAuthorization.FindAsync(
                    session, query.OrganizationId, Need.Inspect(Permissions.AuditRead));
                if (!found.Succeeded(out _, out var fault))
                {
                    return fault;
                }
            }

            await EventOrder.AssignAllAsync(db, query.Caller, ct);
            await using var reading = db.Open(query.Caller, ct);
            return await ListAsync(reading, query);
        }

        private static async Task<Outcome<Page<AuditEntryObject>>> ListAsync(Session session, Query query)
        {
            var newestFirst = query.Sort.StartsWith('-');
            if (PositionOf(query, newestFirst) is not { } behind)
            {
                return Faults.InvalidCursor;
            }

            if (query.WorkspaceId is { } workspace
                && !await AuditLog.HasWorkspaceAsync(session, query.OrganizationId, workspace))
            {
                return Faults.NotFound;
            }

            var filter = new AuditFilter(
                query.OrganizationId, query.WorkspaceId, query.ActorId, query.ActorType, query.Action, query.Outcome,
                TimeOf(query.From), TimeOf(query.To));
            var bounds = await AuditLog.FindBoundsAsync(session, filter);
            var rows = await AuditLog.ListAsync(session, filter, bounds, behind, newestFirst, query.Limit + 1);
            var shown = rows.Take(query.Limit).ToList();
            var last = shown.Aggregate(behind, (position, row) => position.Behind(row));
            return new Page<AuditEntryObject>(
                shown.ConvertAll(AuditEntryObject.Of), rows.Count > query.Limit ? CursorOf(query, last) : null);
        }

        private static AuditPosition? PositionOf(Query query, bool newestFirst)
        {
            if (query.Cursor is null)
            {
                return newestFirst ? AuditPosition.Last : AuditPosition.First;
            }

            var keys = Cursor.Decode(Paging.BindingOf(query), query.Cursor, 3);
            return long.TryParse(keys?[0], CultureInfo.InvariantCulture, out var sequence)
                && long.TryParse(keys[1], CultureInfo.InvariantCulture, out var at)
                && long.TryParse(keys[2], CultureInfo.InvariantCulture, out var refusal)
                    ? new(sequence, at, refusal)
                    : null;
        }

        private static string CursorOf(Query query, AuditPosition last) => Cursor.Encode(
            Paging.BindingOf(query),
            last.Sequence.ToString(CultureInfo.InvariantCulture),
            last.RefusedAt.ToString(CultureInfo.InvariantCulture),
            last.Refusal.ToString(CultureInfo.InvariantCulture));
    }
}
