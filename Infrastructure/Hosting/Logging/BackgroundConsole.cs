using System.Buffers;
using System.Collections.Concurrent;
using Serilog.Core;
using Serilog.Events;

namespace WorkspaceService.Infrastructure.Hosting.Logging;

/// <summary>
/// Writes log lines to standard output from a thread of its own, many at a time, so that no request waits for the
/// console. When nobody reads as fast as lines come, lines are left out and their number is told. Disposing writes what
/// waits.
/// </summary>
internal sealed class BackgroundConsole : ILogEventSink, IDisposable
{
    private const int MostWaiting = 16_384;

    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(20);

    // A console that is stuck does not hold up the stop for longer than this.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly ConcurrentQueue<LogEvent> _waiting = new();
    private readonly AutoResetEvent _some = new(false);
    private readonly Stream _output = Console.OpenStandardOutput();
    private readonly ArrayBufferWriter<byte> _lines = new(64 * 1024);
    private readonly LogLine _line;
    private readonly Thread _thread;
    private long _count;
    private long _leftOut;
    private volatile bool _stopping;

    public BackgroundConsole()
    {
        _line = new LogLine(_lines);
        _thread = new Thread(Run) { Name = "log-console", IsBackground = true };
        _thread.Start();
    }

    public void Emit(LogEvent logEvent)
    {
        if (Volatile.Read(ref _count) >= MostWaiting)
        {
            Interlocked.Increment(ref _leftOut);
            return;
        }

        // Queued before it is counted: whoever counts from nothing wakes the writer, and by then the line is there to
        // be found.
        _waiting.Enqueue(logEvent);
        if (Interlocked.Increment(ref _count) == 1)
        {
            _some.Set();
        }
    }

    public void Dispose()
    {
        _stopping = true;
        _some.Set();
        if (_thread.Join(Patience))
        {
            _line.Dispose();
            _some.Dispose();
        }
    }

    private void Run()
    {
        var stopping = false;
        while (!stopping)
        {
            _some.WaitOne();
            if (!_stopping)
            {
                Thread.Sleep(Gathering);
            }

            stopping = _stopping;
            WriteWaiting();
        }
    }

    private void WriteWaiting()
    {
        while (_waiting.TryDequeue(out var line))
        {
            Interlocked.Decrement(ref _count);
            _line.Write(line);
            if (_lines.WrittenCount > 60 * 1024)
            {
                Flush();
            }
        }

        if (Interlocked.Exchange(ref _leftOut, 0) is > 0 and var leftOut)
        {
            _line.Write(LogLine.LeftOut(leftOut));
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
            // Nobody is there to read it.
        }

        _lines.ResetWrittenCount();
    }
}
