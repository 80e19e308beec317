using System.Diagnostics;

namespace WorkspaceService.Infrastructure.Telemetry;

/// <summary>A write on its way through the writer's queue, for its metrics and its trace.</summary>
internal sealed class QueuedWrite
{
    private readonly Activity? _message = Activity.Current;
    private readonly long _start = Stopwatch.GetTimestamp();

    private QueuedWrite()
    {
    }

    /// <summary>Begins to wait; null where nobody listens.</summary>
    public static QueuedWrite? Begin()
    {
        if (!Instruments.WatchesQueue && !Spans.Source.HasListeners())
        {
            return null;
        }

        Instruments.Enqueued();
        return new QueuedWrite();
    }

    /// <summary>Waits as the semaphore does; a write that does not have to is not counted.</summary>
    public static Task<bool> WaitAsync(SemaphoreSlim turn, TimeSpan limit, CancellationToken ct)
    {
        var waiting = turn.WaitAsync(limit, ct);
        return waiting.IsCompleted || Begin() is not { } queued ? waiting : EndAsync(waiting, queued);

        static async Task<bool> EndAsync(Task<bool> waiting, QueuedWrite queued)
        {
            try
            {
                return await waiting;
            }
            finally
            {
                queued.End();
            }
        }
    }

    /// <summary>It is its turn.</summary>
    public void End() => Instruments.Dequeued(Stopwatch.GetElapsedTime(_start));

    /// <summary>What this thread does until <see cref="Leave"/> belongs to the trace of the write.</summary>
    public void Enter() => Activity.Current = _message;

    public static void Leave() => Activity.Current = null;

    /// <summary>Adds the commit that the write shared with others to its trace.</summary>
    public void Commit(DateTime start, DateTime end, int writes)
    {
        if (_message is null)
        {
            return;
        }

        Enter();
        var span = Spans.Source
            .StartActivity("COMMIT", ActivityKind.Client, default(ActivityContext), startTime: start)?
            .SetTag("db.system.name", Spans.Sqlite)
            .SetTag("db.query.summary", "COMMIT")
            .SetTag($"{Instruments.Name}.commit.batch.size", writes)
            .SetEndTime(end);
        span?.Stop();
        Leave();
    }
}
