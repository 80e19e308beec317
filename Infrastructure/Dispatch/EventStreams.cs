using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Threading.Channels;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Dispatch;

/// <summary>An event as a stream sends it.</summary>
/// <param name="Data">The event as JSON.</param>
public sealed record StreamedEvent(long Sequence, string Type, string Data)
{
    public static StreamedEvent Of(EventRow row) => new(
        row.Sequence!.Value, row.Type, JsonSerializer.Serialize(EventObject.Of(row), JsonConventions.Strict));
}

/// <summary>The events of one stream; null where none has come for a moment.</summary>
public sealed record StreamedEvents(IAsyncEnumerable<StreamedEvent?> Items);

/// <summary>
/// The new events of the log, for all live streams of this instance: one reader, woken by commits, hands each event to
/// the subscriptions that want it. Reads nothing while there are none.
/// </summary>
public sealed class EventStreams(ConnectionFactory db, ILogger<EventStreams> log) : BackgroundService
{
    private const int Step = 1000;

    private static readonly Caller Reader = new() { Kind = CallerKind.System, KeyId = "streams" };

    // What is committed meanwhile is read by the next statement.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    private readonly Channel<EventSubscription> _joining = Channel.CreateUnbounded<EventSubscription>();
    private readonly Lock _lock = new();
    private readonly List<EventSubscription> _subscriptions = [];
    private long _position;

    /// <summary>The number of subscriptions that are handed events.</summary>
    internal int Count
    {
        get
        {
            lock (_lock)
            {
                return _subscriptions.Count;
            }
        }
    }

    /// <summary>
    /// Begins to hand over events; completes when everything that was committed before the call is in the log at or
    /// before <see cref="EventSubscription.Start"/>, and everything after it comes.
    /// </summary>
    /// <returns>Null where the wait was cancelled, or the service stops.</returns>
    public async Task<EventSubscription?> SubscribeAsync(EventScope scope, EventFilter filter, CancellationToken ct)
    {
        var subscription = new EventSubscription(scope, filter, Unsubscribe);
        if (!_joining.Writer.TryWrite(subscription))
        {
            subscription.Cancel();
        }

        try
        {
            return await subscription.Joined.WaitAsync(ct);
        }
        catch (OperationCanceledException)
        {
            subscription.Cancel();
            Unsubscribe(subscription);
            return null;
        }
    }

    private void Unsubscribe(EventSubscription subscription)
    {
        lock (_lock)
        {
            _subscriptions.Remove(subscription);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await FollowAsync(stoppingToken);
        _joining.Writer.Complete();
        while (_joining.Reader.TryRead(out var subscription))
        {
            subscription.Cancel();
        }
    }

    private async Task FollowAsync(CancellationToken stoppingToken)
    {
        // One wait for all turns: each would be kept until somebody joins.
        var joins = _joining.Reader.WaitToReadAsync(stoppingToken).AsTask();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (Count == 0)
                {
                    await joins;
                }

                var next = db.Commits.Next;
                var joining = _joining.Reader.Count;
                await ReadAsync(stoppingToken);
                Join(joining);
                if (joins.IsCompleted)
                {
                    joins = _joining.Reader.WaitToReadAsync(stoppingToken).AsTask();
                }

                await Task.WhenAny(next, joins, Task.Delay(LongestWait, stoppingToken));
                await Task.Delay(Pause, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                if (!TransientErrors.Includes(failure))
                {
                    log.LogError(failure, "Live streams wait for a second.");
                }

                await Task.WhenAny(Task.Delay(LongestWait, stoppingToken));
            }
        }
    }

    // To the end of the log.
    private async Task ReadAsync(CancellationToken ct)
    {
        await EventOrder.AssignAllAsync(db, Reader, ct);
        await using var session = db.Open(Reader, ct);
        if (Count == 0)
        {
            _position = await EventReader.FindLastAsync(session);
            return;
        }

        List<EventRow> rows;
        do
        {
            rows = await EventReader.ListAsync(session, new EventScope(null, null), new EventFilter(), _position, Step);
            Hand(rows);
            _position = rows.Count == 0 ? _position : rows[^1].Sequence!.Value;
        }
        while (rows.Count == Step);
    }

    // Each event is written once for all; a subscription that is full is left out, and reads the log by itself.
    private void Hand(List<EventRow> rows)
    {
        lock (_lock)
        {
            foreach (var row in rows)
            {
                StreamedEvent? written = null;
                _subscriptions.RemoveAll(subscription =>
                    subscription.Wants(row) && !subscription.TryWrite(written ??= StreamedEvent.Of(row)));
            }
        }
    }

    private void Join(int count)
    {
        lock (_lock)
        {
            while (count-- > 0 && _joining.Reader.TryRead(out var subscription))
            {
                if (subscription.TryJoin(_position))
                {
                    _subscriptions.Add(subscription);
                }
            }
        }
    }
}

/// <summary>The new events that one stream wants, as many as fit, until it is disposed.</summary>
public sealed class EventSubscription(EventScope scope, EventFilter filter, Action<EventSubscription> unsubscribe)
    : IDisposable
{
    private const int MostWaiting = 256;

    private readonly TaskCompletionSource<EventSubscription> _joined =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly Channel<StreamedEvent> _events =
        Channel.CreateBounded<StreamedEvent>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });

    private EventScope _scope = scope;

    /// <summary>The events after this sequence come; earlier ones are to be read from the log.</summary>
    public long Start { get; private set; }

    internal Task<EventSubscription> Joined => _joined.Task;

    /// <summary>
    /// True where there is an event, false where there was none for a moment; null where no more will come, because
    /// they came faster than they were taken.
    /// </summary>
    public async Task<bool?> WaitAsync(TimeSpan moment, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(moment);
        try
        {
            return await _events.Reader.WaitToReadAsync(limit.Token) ? true : null;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public bool TryRead([NotNullWhen(true)] out StreamedEvent? next) => _events.Reader.TryRead(out next);

    public void Dispose() => unsubscribe(this);

    /// <summary>Other organizations may be seen from now on.</summary>
    public void Rescope(EventScope seen) => Volatile.Write(ref _scope, seen);

    internal bool Wants(EventRow row) =>
        filter.Matches(row) && Volatile.Read(ref _scope).Covers(row.OrganizationId, row.WorkspaceId);

    internal bool TryWrite(StreamedEvent written)
    {
        if (_events.Writer.TryWrite(written))
        {
            return true;
        }

        _events.Writer.TryComplete();
        return false;
    }

    /// <summary>False where nobody waits for it any more.</summary>
    internal bool TryJoin(long position)
    {
        Start = position;
        return _joined.TrySetResult(this);
    }

    internal void Cancel() => _joined.TrySetCanceled();

}
