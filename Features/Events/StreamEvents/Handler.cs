using System.Globalization;
using System.Runtime.CompilerServices;
using MediatR;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Dispatch;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Events;

public static partial class StreamEvents
{
    private const int Step = 500;

    private static readonly TimeSpan LongestUnchecked = TimeSpan.FromMilliseconds(400);

    /// <param name="Key">The caller's key: whether it may go on reading is asked again and again.</param>
    /// <param name="From">RFC 3339; events of this moment are in.</param>
    /// <param name="To">RFC 3339; events of this moment are out.</param>
    /// <param name="After">The id or the sequence number of an event; the stream begins with the next one.</param>
    /// <param name="LastEventId">The same, which a reader that connects again sends by itself; counts first.</param>
    public sealed record Query(
        Caller Caller,
        string Key,
        string? OrganizationId = null,
        string? WorkspaceId = null,
        string? Type = null,
        string? ActorId = null,
        string? From = null,
        string? To = null,
        string? After = null,
        string? LastEventId = null) : IQuery<StreamedEvents>;

    private static Fault Unknown(string name) =>
        Fault.Parameter(name, "must be the id or the sequence number of an event that you may see.");

    private static DateTimeOffset? TimeOf(string? text) => JsonConventions.TryTime(text, out var time) ? time : null;

    // No QueryHandler: the session is over long before the stream is.
    private sealed class Handler(
        ConnectionFactory db, EventStreams streams, ApiKeyAuthenticator authenticator, IHostApplicationLifetime host)
        : IRequestHandler<Query, Outcome<StreamedEvents>>
    {
        public async Task<Outcome<StreamedEvents>> Handle(Query query, CancellationToken ct)
        {
            var found = await ScopeAsync(query, query.Caller, ct);
            if (!found.Succeeded(out var scope, out var fault))
            {
                return fault;
            }

            var after = await AfterAsync(query, scope, ct);
            if (!after.Succeeded(out var position, out var unknown))
            {
                return unknown;
            }

            return new StreamedEvents(ReadAsync(query, scope, position.Value, ct));
        }

        // Null where nothing has come for a while.
        private async IAsyncEnumerable<StreamedEvent?> ReadAsync(
            Query query, EventScope scope, long? after, [EnumeratorCancellation] CancellationToken ct)
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(ct, host.ApplicationStopping);
            var position = after;
            while (true)
            {
                // Again where more came than the reader took: it goes on from the log.
                using var subscription = await streams.SubscribeAsync(scope, FilterOf(query), end.Token);
                if (subscription is null)
                {
                    yield break;
                }

                position ??= subscription.Start;
                yield return null;

                // What happened before the subscription, page by page.
                while (position < subscription.Start)
                {
                    var page = await ListAsync(query, scope, position.Value, subscription.Start, ct);
                    foreach (var row in page)
                    {
                        yield return StreamedEvent.Of(row);
                    }

                    position = page.Count < Step ? subscription.Start : page[^1].Sequence!.Value;
                    if (!await MayGoOnAsync(subscription))
                    {
                        yield break;
                    }
                }

                while (await subscription.WaitAsync(LongestUnchecked, end.Token) is { } hasNext)
                {
                    if (!await MayGoOnAsync(subscription))
                    {
                        yield break;
                    }

                    if (!hasNext)
                    {
                        yield return null;
                    }

                    while (subscription.TryRead(out var next))
                    {
                        if (next.Sequence > position)
                        {
                            position = next.Sequence;
                            yield return next;
                        }
                    }
                }
            }

            async Task<bool> MayGoOnAsync(EventSubscription subscription)
            {
                if (!end.IsCancellationRequested
                    && (await authenticator.FindAsync(query.Key)).Succeeded(out var caller, out _)
                    && (await ScopeAsync(query, caller, ct)).Succeeded(out var seen, out _))
                {
                    scope = seen;
                    subscription.Rescope(seen);
                    return true;
                }

                return false;
            }
        }

        private async Task<Outcome<EventScope>> ScopeAsync(Query query, Caller caller, CancellationToken ct)
        {
            await using var session = db.Open(caller, ct);
            return await EventScope.FindAsync(session, query.OrganizationId, query.WorkspaceId);
        }

        private async Task<List<EventRow>> ListAsync(
            Query query, EventScope scope, long after, long last, CancellationToken ct)
        {
            await using var session = db.Open(query.Caller, ct);
            var rows = await EventReader.ListAsync(session, scope, FilterOf(query), after, Step);
            return rows.FindAll(row => row.Sequence <= last);
        }

        private async Task<Outcome<Position>> AfterAsync(Query query, EventScope scope, CancellationToken ct)
        {
            var (name, given) = query.LastEventId is null
                ? ("after", query.After)
                : ("Last-Event-ID", query.LastEventId);
            if (given is null)
            {
                return new Position(null);
            }

            if (long.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence))
            {
                return new Position(sequence);
            }

            if (!Codes.Is(Codes.Event, given))
            {
                return Unknown(name);
            }

            await EventOrder.AssignAllAsync(db, query.Caller, ct);
            await using var session = db.Open(query.Caller, ct);
            return await EventReader.FindAsync(session, given) is { } seen
                && scope.Covers(seen.OrganizationId, seen.WorkspaceId)
                    ? new Position(seen.Sequence)
                    : Unknown(name);
        }

        private static EventFilter FilterOf(Query query) =>
            new(query.Type, query.ActorId, TimeOf(query.From), TimeOf(query.To));
    }

    /// <param name="Value">The sequence of the last event that was seen; null for all so far.</param>
    private sealed record Position(long? Value);
}
