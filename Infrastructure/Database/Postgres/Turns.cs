using WorkspaceService.Infrastructure.Telemetry;

namespace WorkspaceService.Infrastructure.Database.Postgres;

/// <summary>
/// Queues an instance's writers that would wait for the same lock in PostgreSQL: they wait here, without a connection.
/// </summary>
internal sealed class Turns
{
    private readonly Dictionary<string, Queue> _queues = new(StringComparer.Ordinal);

    /// <summary>Waits for the turn; dispose the result to hand it on.</summary>
    /// <exception cref="TimeoutException">Those before have taken too long.</exception>
    public async ValueTask<IDisposable> TakeAsync(string key, CancellationToken ct)
    {
        Queue? queue;
        lock (_queues)
        {
            if (!_queues.TryGetValue(key, out queue))
            {
                _queues[key] = queue = new Queue();
            }

            queue.Users++;
        }

        try
        {
            if (!await QueuedWrite.WaitAsync(queue.Semaphore, PostgresConnections.QueueLimit, ct))
            {
                throw new TimeoutException($"Other writers have held {key} for too long.");
            }
        }
        catch
        {
            Leave(key, queue);
            throw;
        }

        return new Turn(this, key, queue);
    }

    private void Leave(string key, Queue queue)
    {
        lock (_queues)
        {
            if (--queue.Users == 0)
            {
                _queues.Remove(key);
            }
        }
    }

    private sealed class Queue
    {
        public SemaphoreSlim Semaphore { get; } = new(1, 1);

        public int Users { get; set; }
    }

    private sealed class Turn(Turns turns, string key, Queue queue) : IDisposable
    {
        public void Dispose()
        {
            queue.Semaphore.Release();
            turns.Leave(key, queue);
        }
    }
}
