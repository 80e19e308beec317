using System.Diagnostics;
using System.Diagnostics.Metrics;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Telemetry;

/// <summary>
/// The service's own metrics. Where nobody listens, each of these methods is one branch: no clock is read and nothing
/// is allocated.
/// </summary>
internal static class Instruments
{
    /// <summary>The name of the meter, and what the names of its metrics begin with.</summary>
    public const string Name = "workspace_service";

    private const string Code = $"{Name}.fault.code";

    private static readonly Meter Meter = new(Name, Spans.Version);

    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries =
            [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15],
    };

    private static readonly Histogram<double> MessageDuration = Meter.CreateHistogram(
        $"{Name}.message.duration", "s", "How long a message took, its transaction included.", tags: null, Seconds);

    private static readonly UpDownCounter<long> QueueLength = Meter.CreateUpDownCounter<long>(
        $"{Name}.writer.queue.length", "{write}", "Writes that wait for their turn.");

    private static readonly Histogram<double> QueueWait = Meter.CreateHistogram(
        $"{Name}.writer.queue.wait", "s", "How long a write has waited for its turn.", tags: null, Seconds);

    private static readonly Histogram<long> BatchSize = Meter.CreateHistogram(
        $"{Name}.commit.batch.size",
        "{write}",
        "Writes that one commit on SQLite has made durable.",
        tags: null,
        new InstrumentAdvice<long> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512] });

    private static readonly Counter<long> CacheLookups = Meter.CreateCounter<long>(
        $"{Name}.cache.lookups", "{lookup}", "Questions to what is remembered, answered from it or not.");

    private static readonly Counter<long> Refusals = Meter.CreateCounter<long>(
        $"{Name}.refusals", "{message}", "Messages refused because all seats, or all that the plan allows, are taken.");

    private static readonly Counter<long> WebhookAttempts = Meter.CreateCounter<long>(
        $"{Name}.webhook.attempts", "{attempt}", "Attempts to deliver an event to a webhook.");

    private static readonly Histogram<double> WebhookDuration = Meter.CreateHistogram(
        $"{Name}.webhook.attempt.duration", "s", "How long an attempt took.", tags: null, Seconds);

    private static readonly ObservableGauge<double> OldestAge = Meter.CreateObservableGauge(
        $"{Name}.webhook.oldest_undelivered.age",
        ObserveOldestUndelivered,
        "s",
        "Age of the oldest event that is still to be delivered to a webhook; 0 for none.");

    /// <summary>
    /// Tells the age in seconds of the oldest undelivered event, 0 for none. It is called on the thread that exports,
    /// so it must not wait. Null where this process delivers nothing: then nothing is reported.
    /// </summary>
    public static Func<double>? OldestUndelivered { get; set; }

    /// <summary>True where somebody listens to the age of the oldest undelivered event.</summary>
    public static bool WatchesUndelivered => OldestAge.Enabled;

    /// <summary>True where somebody listens to the writer's queue.</summary>
    public static bool WatchesQueue => QueueLength.Enabled;

    public static void Enqueued() => QueueLength.Add(1);

    public static void Dequeued(TimeSpan waited)
    {
        QueueLength.Add(-1);
        QueueWait.Record(waited.TotalSeconds);
    }

    public static void Committed(int writes)
    {
        if (BatchSize.Enabled)
        {
            BatchSize.Record(writes);
        }
    }

    public static void LookedUp(string cache, bool hit)
    {
        if (CacheLookups.Enabled)
        {
            CacheLookups.Add(
                1, new($"{Name}.cache.name", cache), new($"{Name}.cache.result", hit ? "hit" : "miss"));
        }
    }

    /// <param name="fault">What the message was refused with; null for none.</param>
    /// <param name="error">The type of the exception that it ended with; null for none.</param>
    public static void Handled(string message, TimeSpan duration, Fault? fault, string? error)
    {
        var tags = new TagList { { $"{Name}.message.name", message } };
        if (fault is not null)
        {
            tags.Add(Code, fault.Code);
        }

        if (error is not null)
        {
            tags.Add("error.type", error);
        }

        MessageDuration.Record(duration.TotalSeconds, tags);
        if (fault?.Code == Faults.SeatLimitReached)
        {
            Refusals.Add(1, new KeyValuePair<string, object?>(Code, fault.Code));
        }
        else if (fault?.Code == Faults.PlanLimitReached)
        {
            Refusals.Add(1, new(Code, fault.Code), new($"{Name}.plan.limit", fault.Details.GetValueOrDefault("limit")));
        }
    }

    /// <param name="outcome">A word of a closed set, such as <c>delivered</c> or <c>failed</c>.</param>
    public static void WebhookAttempted(string outcome, TimeSpan duration)
    {
        if (WebhookAttempts.Enabled)
        {
            var tag = new KeyValuePair<string, object?>($"{Name}.webhook.outcome", outcome);
            WebhookAttempts.Add(1, tag);
            WebhookDuration.Record(duration.TotalSeconds, tag);
        }
    }

    private static IEnumerable<Measurement<double>> ObserveOldestUndelivered() =>
        OldestUndelivered is { } age ? [new(age())] : [];
}
