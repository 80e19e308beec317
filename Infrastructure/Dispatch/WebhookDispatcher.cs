using System.Diagnostics;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Telemetry;

namespace WorkspaceService.Infrastructure.Dispatch;

/// <summary>
/// Sends the events of the log to the webhooks that take them, at least once. Follows the log, and wakes the webhooks
/// whose organization has something new. Each webhook is worked for by one instance at a time, which holds its lease:
/// events become deliveries in their order, as many as its receiver takes at a time, and each delivery is tried until
/// it succeeds or its last try fails. What a killed instance has not finished goes on elsewhere when its leases end.
/// </summary>
/// <remarks>
/// A receiver begins with one request at a time; each success allows one more, a failure takes it back to one. All
/// webhooks that have something to send share <see cref="MostRequests"/>, and each has one at least, so that one that
/// is slow or dead takes nothing from the others.
/// </remarks>
internal sealed class WebhookDispatcher(
    ConnectionFactory db, WebhookSender sender, WebhookSettings settings, TimeProvider clock,
    ILogger<WebhookDispatcher> log) : BackgroundService
{
    public const int MostRequests = 512;
    private const int MostRequestsOfOne = 32;
    private const int MostWorkers = 2048;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SurveyInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MeasureInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LeaseLength = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LeaseRenewal = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestGoodbye = TimeSpan.FromSeconds(3);

    private readonly WebhookStore _store = new(db);
    private readonly TryLog _tries = new(db);
    private readonly Pace _pace = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<long, Worker> _workers = [];
    private readonly HashSet<Task> _running = [];
    private readonly CommitSignal _rests = new();
    private string? _fingerprint;
    private long _seen;
    private long _lastSurvey;
    private long _lastMeasure;
    private double _oldestAge;
    private CancellationToken _aborted;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // What is under way when the service stops has a moment to be answered.
        using var aborted = new CancellationTokenSource();
        await using var stopping = stoppingToken.Register(() => aborted.CancelAfter(LongestGoodbye));
        _aborted = aborted.Token;
        Instruments.OldestUndelivered = () => Volatile.Read(ref _oldestAge);
        var saving = _tries.RunAsync();
        while (!stoppingToken.IsCancellationRequested)
        {
            var (commits, rests) = (db.Commits.Next, _rests.Next);
            try
            {
                await SurveyAsync(stoppingToken);
                await FollowAsync(stoppingToken);
                StartWorkers(stoppingToken);
                await MeasureAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception failure)
            {
                Log(failure);
                await Task.WhenAny(Task.Delay(LongestWait, stoppingToken));
            }

            await Task.WhenAny(commits, rests, Task.Delay(UntilNextDue(), stoppingToken));
            await Task.WhenAny(Task.Delay(Pause, stoppingToken));
        }

        Task[] running;
        lock (_lock)
        {
            running = [.. _running];
        }

        await Task.WhenAll(running);
        _tries.Complete();
        await saving;
        await GiveLeasesBackAsync();
    }

    // Which webhooks there are, and which of them have something to send that is no new event.
    private async Task SurveyAsync(CancellationToken ct)
    {
        if (_lastSurvey != 0 && Stopwatch.GetElapsedTime(_lastSurvey) < SurveyInterval)
        {
            return;
        }

        _lastSurvey = Stopwatch.GetTimestamp();
        var fingerprint = await _store.FingerprintAsync(ct);
        if (fingerprint != _fingerprint)
        {
            var enabled = await _store.ListEnabledAsync(ct);
            lock (_lock)
            {
                var gone = _workers.Keys.Except(enabled.Select(webhook => webhook.Id));
                foreach (var id in gone.Where(id => !_workers[id].IsRunning).ToList())
                {
                    _workers.Remove(id);
                }

                foreach (var webhook in enabled)
                {
                    _workers.TryAdd(webhook.Id, new Worker(webhook.Id, webhook.OrganizationCode));
                    var worker = _workers[webhook.Id];
                    if (worker.Version != webhook.Version)
                    {
                        worker.Version = webhook.Version;
                        worker.Wake(clock.GetUtcNow());
                    }
                }
            }

            _fingerprint = fingerprint;
        }

        if (_workers.Count > 0)
        {
            // Those that run look by themselves, and what they are sending is due too.
            var due = await _store.ListDueWebhooksAsync(clock.GetUtcNow(), ct);
            lock (_lock)
            {
                foreach (var id in due)
                {
                    if (_workers.GetValueOrDefault(id) is { IsRunning: false } worker)
                    {
                        worker.Wake(clock.GetUtcNow());
                    }
                }
            }
        }
    }

    private async Task MeasureAsync(CancellationToken ct)
    {
        if (Instruments.WatchesUndelivered
            && (_lastMeasure == 0 || Stopwatch.GetElapsedTime(_lastMeasure) > MeasureInterval))
        {
            _lastMeasure = Stopwatch.GetTimestamp();
            var age = clock.GetUtcNow() - await _store.FindOldestAsync(ct);
            Volatile.Write(ref _oldestAge, age?.TotalSeconds ?? 0);
        }
    }

    // Only where there is a webhook that does not look by itself.
    private async Task FollowAsync(CancellationToken ct)
    {
        List<Worker> idle;
        lock (_lock)
        {
            idle = [.. _workers.Values.Where(worker => !worker.IsRunning)];
        }

        if (idle.Count == 0)
        {
            return;
        }

        var (organizations, seen) = await _store.FollowAsync(_seen, ct);
        if (organizations is not { Count: 0 })
        {
            lock (_lock)
            {
                foreach (var worker in _workers.Values.Where(worker =>
                    organizations is null || organizations.Contains(worker.Organization)))
                {
                    worker.Wake(clock.GetUtcNow());
                }
            }
        }

        _seen = seen;
    }

    private void StartWorkers(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        lock (_lock)
        {
            foreach (var worker in _workers.Values
                .Where(worker => !worker.IsRunning && worker.DueIn(now) <= TimeSpan.Zero)
                .OrderBy(worker => worker.DueIn(now)).Take(MostWorkers - _running.Count).ToList())
            {
                worker.Begin();
                var running = Task.Run(() => WorkAsync(worker, ct), CancellationToken.None);
                _running.Add(running);
                _ = running.ContinueWith(
                    ended =>
                    {
                        lock (_lock)
                        {
                            _running.Remove(ended);
                        }
                    },
                    TaskScheduler.Default);
            }
        }
    }

    private TimeSpan UntilNextDue()
    {
        lock (_lock)
        {
            var now = clock.GetUtcNow();
            var wait = _workers.Values.Where(worker => !worker.IsRunning).Min(worker => worker.DueIn(now));
            return wait is null || wait > LongestWait ? LongestWait : wait > TimeSpan.Zero ? wait.Value : TimeSpan.Zero;
        }
    }

    // Until nothing is left to be sent now.
    private async Task WorkAsync(Worker worker, CancellationToken ct)
    {
        DateTimeOffset? again;
        try
        {
            do
            {
                again = await SendAllAsync(worker, ct);
            }
            while (!worker.TryRest(_lock, again, ct));
            worker.Setbacks = 0;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            worker.Pause(_lock, clock.GetUtcNow(), TimeSpan.Zero);
        }
        catch (Exception failure)
        {
            // Such as an outage of the database: what could not be stored is sent again.
            Log(failure);
            worker.Setbacks = Math.Min(worker.Setbacks + 1, 6);
            worker.Pause(_lock, clock.GetUtcNow(), LongestWait * (1 << worker.Setbacks));
        }

        // What came while all were running has not been looked at.
        _rests.Raise();
    }

    // Hands back when there will be something to do; null for when it is woken.
    private async Task<DateTimeOffset?> SendAllAsync(Worker worker, CancellationToken ct)
    {
        var queue = new Queue<Delivery>();
        var underWay = new Dictionary<long, Task<Task>>();
        var saving = new Dictionary<long, Task>();
        (worker.LooksForDue, worker.Ending) = (true, null);
        try
        {
            while (!ct.IsCancellationRequested)
            {
                var woken = worker.Signal(_lock);
                if (!await HoldLeaseAsync(worker, ct))
                {
                    worker.Rest.Begin(LeaseRenewal);
                    return clock.GetUtcNow() + LeaseRenewal;
                }

                if (worker.Ending is { } ending)
                {
                    await ending;
                    worker.LooksForDue = true;
                }

                if (await _store.FindAsync(worker.Id, ct) is not { } webhook)
                {
                    return null;
                }

                worker.Ending = null;

                var room = RoomOf(worker) - underWay.Count;
                var isDrained = room > queue.Count
                    && await FillAsync(webhook, worker, queue, [.. underWay.Keys, .. saving.Keys], room, ct);
                while (room-- > 0 && queue.TryDequeue(out var delivery))
                {
                    underWay[delivery.Number] = SendAsync(webhook, delivery, worker);
                }

                if (underWay.Count == 0 && isDrained)
                {
                    await Task.WhenAll(saving.Values);
                    return await _store.NextDueAsync(worker.Id, ct);
                }

                // More is fetched when half of what is under way is done; where nothing was left, when it is woken too.
                var enough = underWay.Count / 2;
                using var renewal = CancellationTokenSource.CreateLinkedTokenSource(ct);
                var due = Task.Delay(LeaseRenewal, renewal.Token);
                var news = isDrained ? Task.WhenAny(woken, due) : due;
                while (underWay.Count > enough && !news.IsCompleted)
                {
                    await Task.WhenAny([.. underWay.Values, news]);
                    await MoveAsync(underWay, saving);
                }

                worker.LooksForDue |= news.IsCompleted;
                await renewal.CancelAsync();
            }

            return null;
        }
        finally
        {
            await Task.WhenAll(underWay.Values.Cast<Task>()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await MoveAsync(underWay, saving);
            await Task.WhenAll(saving.Values);
        }
    }

    // What was answered is being saved, and what was saved is done.
    private static async Task MoveAsync(Dictionary<long, Task<Task>> underWay, Dictionary<long, Task> saving)
    {
        foreach (var (id, _) in underWay.Where(pair => pair.Value.IsCompleted).ToList())
        {
            underWay.Remove(id, out var answered);
            saving[id] = await answered!;
        }

        foreach (var (id, _) in saving.Where(pair => pair.Value.IsCompleted).ToList())
        {
            saving.Remove(id, out var saved);
            await saved!;
        }
    }

    private async Task<bool> HoldLeaseAsync(Worker worker, CancellationToken ct)
    {
        if (worker.LeaseTaken == 0 || Stopwatch.GetElapsedTime(worker.LeaseTaken) > LeaseRenewal)
        {
            var start = Stopwatch.GetTimestamp();
            worker.LeaseTaken = await db.TakeLeaseAsync(worker.Lease, LeaseLength, ct) ? start : 0;
        }

        return worker.LeaseTaken != 0;
    }

    // True where nothing is left that is due now.
    private async Task<bool> FillAsync(
        WebhookRow webhook,
        Worker worker,
        Queue<Delivery> queue,
        HashSet<long> known,
        int room,
        CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        known.UnionWith(queue.Select(delivery => delivery.Number));
        var isDrained = true;
        if (worker.LooksForDue || Stopwatch.GetElapsedTime(worker.Looked) > LeaseRenewal)
        {
            worker.Looked = Stopwatch.GetTimestamp();

            // What is under way is due too.
            var due = await _store.ListDueAsync(webhook, now, room + known.Count, ct);
            isDrained = due.Count < room + known.Count;
            worker.LooksForDue = !isDrained;
            Enqueue(due.Where(delivery => !known.Contains(delivery.Number)));
        }

        if (queue.Count < room && await _store.TakeNewAsync(webhook, 2 * room, now, ct) is { } taken)
        {
            Enqueue(taken);
            isDrained = false;
        }

        if (queue.Count < room && await _store.TakeAgainAsync(webhook, 2 * room, now, ct) is { } again)
        {
            Enqueue(again);
            isDrained = false;
        }

        return isDrained;

        void Enqueue(IEnumerable<Delivery> deliveries)
        {
            foreach (var delivery in deliveries)
            {
                queue.Enqueue(delivery);
            }
        }
    }

    private int RoomOf(Worker worker)
    {
        lock (_lock)
        {
            var share = MostRequests / Math.Max(1, _running.Count);
            return Math.Clamp(Math.Min(worker.Window, share), 1, MostRequestsOfOne);
        }
    }

    // The inner task is that the result is saved.
    private async Task<Task> SendAsync(WebhookRow webhook, Delivery delivery, Worker worker)
    {
        await _pace.WaitAsync(_aborted);
        if (worker.Ending is not null)
        {
            return Task.CompletedTask;
        }

        var start = Stopwatch.GetTimestamp();
        var tried = await sender.SendAsync(
            webhook.Url, webhook.SecretsAt(clock.GetUtcNow()), EventObject.Of(delivery), _aborted);
        Instruments.WebhookAttempted(
            tried.IsDelivered ? DeliveryObject.Delivered : DeliveryObject.Failed, Stopwatch.GetElapsedTime(start));
        worker.Window = tried.IsDelivered ? Math.Min(worker.Window + 1, MostRequestsOfOne) : 1;
        var result = Decide(webhook, delivery, tried);
        var saved = _tries.SaveAsync(result);
        if (result.DisabledBecause is not null)
        {
            worker.Ending = saved;
        }

        return saved;
    }

    private TryResult Decide(WebhookRow webhook, Delivery delivery, Try tried)
    {
        var attempt = tried.Attempt;
        var reason = tried.IsDelivered ? null
            : tried.IsGone ? "The receiver answered 410 Gone."
            : attempt.AttemptedAt - webhook.FailingSince >= WebhookStore.FailsForTooLong
                ? "It has only failed for five days."
            : null;
        return new(
            webhook,
            delivery,
            tried.IsDelivered,
            attempt.AttemptedAt,
            tried.IsDelivered ? null : NextAttempt(delivery, attempt, tried.RetryAfter),
            DeliveryAttempt.Write([.. DeliveryAttempt.Read(delivery.Attempts), attempt]),
            reason,
            tried.IsGone);
    }

    private DateTimeOffset? NextAttempt(Delivery delivery, DeliveryAttempt attempt, TimeSpan? retryAfter)
    {
        if (delivery.Round >= settings.RetrySchedule.Count)
        {
            return null;
        }

        var wait = settings.RetrySchedule[(int)delivery.Round] * (0.9 + (0.2 * Random.Shared.NextDouble()));
        return attempt.AttemptedAt + TimeSpan.FromMilliseconds(attempt.DurationMs)
            + (retryAfter > wait ? retryAfter.Value : wait);
    }

    private async Task GiveLeasesBackAsync()
    {
        try
        {
            foreach (var worker in _workers.Values.Where(worker =>
                worker.LeaseTaken != 0 && Stopwatch.GetElapsedTime(worker.LeaseTaken) < LeaseLength))
            {
                await db.GiveLeaseBackAsync(worker.Lease, CancellationToken.None);
            }
        }
        catch (Exception outage) when (TransientErrors.Includes(outage))
        {
            // They end by themselves.
        }
    }

    private void Log(Exception failure)
    {
        if (!TransientErrors.Includes(failure))
        {
            log.LogError(failure, "Webhooks wait for a second.");
        }
    }

    /// <summary>What the dispatcher of this instance knows of a webhook.</summary>
    private sealed class Worker(long id, string organization)
    {
        private TaskCompletionSource _signal = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private bool _isWoken;

        public long Id => id;

        public string Organization => organization;

        public string Lease { get; } = $"webhook {id}";

        /// <summary>When its lease was taken; 0 where it is not held.</summary>
        public long LeaseTaken { get; set; }

        public bool IsRunning { get; set; }

        /// <summary>When it has something to do; null where it waits to be woken.</summary>
        private DateTimeOffset? WakeAt { get; set; }

        /// <summary>
        /// How long until it works again: the rest that it takes, or else until it has something to do.
        /// </summary>
        public TimeSpan? DueIn(DateTimeOffset now) => Rest.IsTaken ? Rest.Left : WakeAt - now;

        public void Begin()
        {
            (IsRunning, WakeAt) = (true, null);
            Rest.End();
        }

        /// <summary>True where deliveries may be due beside those that were just made.</summary>
        public bool LooksForDue { get; set; }

        /// <summary>When it has looked for them.</summary>
        public long Looked { get; set; }

        /// <summary>Saves that its webhook is disabled, before which nothing more is sent; null otherwise.</summary>
        public Task? Ending { get; set; }

        /// <summary>How often in a row its work has failed, such as for a full disk.</summary>
        public int Setbacks { get; set; }

        /// <summary>While it lasts it does not work: another instance works for it, or something was wrong.</summary>
        public Rest Rest { get; } = new();

        /// <summary>The version of the webhook that it has been woken for.</summary>
        public long Version { get; set; }

        /// <summary>How many requests its receiver is trusted with at a time.</summary>
        public int Window { get; set; } = 1;

        public void Wake(DateTimeOffset now)
        {
            _isWoken = true;
            _signal.TrySetResult();
            if (!IsRunning)
            {
                WakeAt = now;
            }
        }

        /// <summary>Completes when it is woken from now on.</summary>
        public Task Signal(Lock gate)
        {
            lock (gate)
            {
                _isWoken = false;
                _signal = new(TaskCreationOptions.RunContinuationsAsynchronously);
                return _signal.Task;
            }
        }

        /// <summary>False where it was woken meanwhile, and may work.</summary>
        public bool TryRest(Lock gate, DateTimeOffset? again, CancellationToken ct)
        {
            lock (gate)
            {
                if (_isWoken && LeaseTaken != 0 && !ct.IsCancellationRequested)
                {
                    return false;
                }

                (WakeAt, IsRunning) = (again, false);
                return true;
            }
        }

        public void Pause(Lock gate, DateTimeOffset now, TimeSpan length)
        {
            lock (gate)
            {
                Rest.Begin(length);
                (WakeAt, IsRunning) = (now + length, false);
            }
        }
    }

    /// <summary>A time to wait, whatever the clock is set to meanwhile.</summary>
    private sealed class Rest
    {
        private TimeSpan _length;
        private long _begun;

        public bool IsTaken { get; private set; }

        public TimeSpan Left
        {
            get
            {
                var left = _length - Stopwatch.GetElapsedTime(_begun);
                return left > TimeSpan.Zero ? left : TimeSpan.Zero;
            }
        }

        public void Begin(TimeSpan length) =>
            (_length, _begun, IsTaken) = (length, Stopwatch.GetTimestamp(), true);

        public void End() => IsTaken = false;
    }
}
