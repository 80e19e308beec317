using System.Buffers;
using System.Collections.Concurrent;
using Serilog.Core;
using Serilog.Events;

namespace WorkspaceService.Infrastructure.Hosting.Logging;

/// <summary>
/// Writes log lines to standard output in batches from a background thread, so that no request waits for the console.
/// While the queue is full, lines are dropped and their number is logged. Dispose writes the queued lines.
/// </summary>
internal sealed class BackgroundConsole : ILogEventSink, IDisposable
{
    private const int QueueCapacity = 16_384;

    private static readonly TimeSpan FlushInterval = TimeSpan.FromMilliseconds(20);

    // A blocked console delays the shutdown by no more than this.
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(2);

    private readonly ConcurrentQueue<LogEvent> _queue = new();
    private readonly AutoResetEvent _signal = new(false);
    private readonly Stream _output = Console.OpenStandardOutput();
    private readonly ArrayBufferWriter<byte> _lines = new(64 * 1024);
    private readonly LogLine _line;
    private readonly Thread _thread;
    private long _count;
    private long _dropped;
    private volatile bool _stopping;

    public BackgroundConsole()
    {
        _line = new LogLine(_lines);
        _thread = new Thread(Run) { Name = "log-console", IsBackground = true };
        _thread.Start();
    }

    public void Emit(LogEvent logEvent)
    {
        if (Volatile.Read(ref _count) >= QueueCapacity)
        {
            Interlocked.Increment(ref _dropped);
            return;
        }

        // Enqueue before counting: the thread that counts from 0 to 1 wakes the writer, which must find the line.
        _queue.Enqueue(logEvent);
        if (Interlocked.Increment(ref _count) == 1)
        {
            _signal.Set();
        }
    }

    public void Dispose()
    {
        _stopping = true;
        _signal.Set();
        if (_thread.Join(ShutdownTimeout))
        {
            _line.Dispose();
            _signal.Dispose();
        }
    }

    private void Run()
    {
        var stopping = false;
        while (!stopping)
        {
            _signal.WaitOne();
            if (!_stopping)
            {
                Thread.Sleep(FlushInterval);
            }

            stopping = _stopping;
            WriteQueued();
        }
    }

    private void WriteQueued()
    {
        while (_queue.TryDequeue(out var line))
        {
            Interlocked.Decrement(ref _count);
            _line.Write(line);
            if (_lines.WrittenCount > 60 * 1024)
            {
                Flush();
            }
        }

        if (Interlocked.Exchange(ref _dropped, 0) is > 0 and var dropped)
        {
            _line.Write(LogLine.Dropped(dropped));
        }

        Flush();
    }

    private void Flush()
    {
        try
        {
            _output.Write(_lines.WrittenSpan);
            _output.Flush();
        }
        catch (IOException)
        {
            // Standard output is closed.
        }

        _lines.ResetWrittenCount();
    }
}
