using System.Diagnostics;

namespace WorkspaceService.Infrastructure.Dispatch;

/// <summary>
/// Lets deliveries take what requests leave of the processors: above <see cref="BusyShare"/> of them fewer are begun,
/// at least <see cref="LeastPerSecond"/>; below it more.
/// </summary>
internal sealed class Pace
{
    public const double BusyShare = 0.4;
    public const double LeastPerSecond = 1500;
    private const double MostPerSecond = 50_000;

    private static readonly TimeSpan Sample = TimeSpan.FromMilliseconds(100);

    // Shorter waits are not worth a timer; what they would have kept back is kept back of the next.
    private static readonly TimeSpan Grain = TimeSpan.FromMilliseconds(5);

    private readonly Lock _lock = new();
    private double _perSecond = LeastPerSecond;
    private long _sampled = Stopwatch.GetTimestamp();
    private TimeSpan _used = Environment.CpuUsage.TotalTime;
    private long _next;

    /// <summary>Waits until a further delivery may begin; the first to ask is the first to go.</summary>
    public Task WaitAsync(CancellationToken ct)
    {
        TimeSpan wait;
        lock (_lock)
        {
            var now = Stopwatch.GetTimestamp();
            Adjust(now);
            _next = Math.Max(_next, now) + (long)(Stopwatch.Frequency / _perSecond);
            wait = Stopwatch.GetElapsedTime(now, _next);
        }

        return wait < Grain ? Task.CompletedTask : Task.Delay(wait, ct);
    }

    private void Adjust(long now)
    {
        var elapsed = Stopwatch.GetElapsedTime(_sampled, now);
        if (elapsed < Sample)
        {
            return;
        }

        var used = Environment.CpuUsage.TotalTime;
        var share = (used - _used) / (elapsed * Environment.ProcessorCount);
        _perSecond = Math.Clamp(_perSecond * (share > BusyShare ? 0.7 : 1.3), LeastPerSecond, MostPerSecond);
        (_sampled, _used) = (now, used);
    }
}
