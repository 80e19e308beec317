using System.Globalization;
using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Events;

public static partial class ListEvents
{
    /// <param name="OrganizationId">Null for all that the caller may audit.</param>
    /// <param name="WorkspaceId">May be deleted by now: events outlive what they speak of.</param>
    /// <param name="From">RFC 3339; events of this moment are in.</param>
    /// <param name="To">RFC 3339; events of this moment are out.</param>
    /// <param name="After">
    /// The id or the sequence number of an event, or a cursor; the page begins with the next one.
    /// </param>
    public sealed record Query(
        Caller Caller,
        string? OrganizationId = null,
        string? WorkspaceId = null,
        string? Type = null,
        string? ActorId = null,
        string? From = null,
        string? To = null,
        string? After = null,
        string? Cursor = null,
        int Limit = Paging.DefaultLimit) : IQuery<Page<EventObject>>;

    private static readonly Fault AfterUnknown = Fault.Parameter(
        "after", "must be the id or the sequence number of an event that you may see, or a cursor of this list.");

    private static DateTimeOffset? TimeOf(string? text) => JsonConventions.TryTime(text, out var time) ? time : null;

    // No QueryHandler: before the last page, events may need sequence numbers, which is a write, and a second read.
    private sealed class Handler(ConnectionFactory db) : IRequestHandler<Query, Outcome<Page<EventObject>>>
    {
        public async Task<Outcome<Page<EventObject>>> Handle(Query query, CancellationToken ct)
        {
            for (long? last = null; ; await EventOrder.AssignAsync(db, query.Caller, ct))
            {
                await using var session = db.Open(query.Caller, ct);

                // Read before the list: every event that has a sequence by then is in the list.
                var waiting = await EventOrder.FindWaitingAsync(session);
                last ??= waiting.Last;
                if (!(await ListAsync(session, query)).Succeeded(out var page, out var fault))
                {
                    return fault;
                }

                // Events without a sequence come after all others, so they matter for the last page only.
                if (page.Next is not null || waiting.First is null || waiting.First > last)
                {
                    return page;
                }
            }
        }

        private static async Task<Outcome<Page<EventObject>>> ListAsync(Session session, Query query)
        {
            var found = await EventScope.FindAsync(session, query.OrganizationId, query.WorkspaceId);
            if (!found.Succeeded(out var scope, out var fault))
            {
                return fault;
            }

            // The cursor is not bound to After, which only sets the start of the first page.
            var list = query with { After = null };
            if (!Paging.After(list, query.Cursor).Succeeded(out var shown, out var damaged))
            {
                return damaged;
            }

            if (await AfterAsync(session, scope, list, query.After) is not { } after)
            {
                return AfterUnknown;
            }

            var filter = new EventFilter(query.Type, query.ActorId, TimeOf(query.From), TimeOf(query.To));
            var rows = await EventReader.ListAsync(
                session, scope, filter, Math.Max(after, shown), query.Limit + 1);
            return rows.ConvertAll(EventObject.Of).ToPage(query.Limit, list);
        }

        private static async Task<long?> AfterAsync(Session session, EventScope scope, Query list, string? after)
        {
            if (after is null)
            {
                return 0;
            }

            if (long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence))
            {
                return sequence;
            }

            if (Codes.Is(Codes.Event, after))
            {
                var seen = await EventReader.FindAsync(session, after);
                return seen is not null && scope.Covers(seen.OrganizationId, seen.WorkspaceId) ? seen.Sequence : null;
            }

            return Paging.After(list, after).Match(shown => shown, _ => (long?)null);
        }
    }
}
