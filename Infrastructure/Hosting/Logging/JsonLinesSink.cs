using System.Text;
using Serilog.Core;
using Serilog.Events;
using Serilog.Parsing;
using Serilog.Sinks.Async;

namespace WorkspaceService.Infrastructure.Hosting.Logging;

/// <summary>
/// Writes the events that Serilog.Sinks.Async hands over as JSON lines, and reports how many events its queue has
/// dropped. It flushes after a hundred lines, or when the queue is empty, and then pauses so that the next lines come
/// together; Serilog.Sinks.Console flushes after each line, which costs more than formatting it. Not thread-safe:
/// Serilog.Sinks.Async calls it from one thread.
/// </summary>
internal sealed class JsonLinesSink(Stream output) : ILogEventSink, IAsyncLogEventSinkMonitor, IDisposable
{
    private const int LinesPerWrite = 100;
    private const int BufferSize = 64 * 1024;

    // Otherwise its thread is woken by nearly every line, which costs more than formatting it.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private static readonly MessageTemplate DroppedTemplate =
        new MessageTemplateParser().Parse("{Lines} log lines were dropped: standard output was not read fast enough.");

    private readonly JsonLineFormatter _formatter = new();
    private readonly StreamWriter _writer = new(output, new UTF8Encoding(false), BufferSize);
    private volatile IAsyncLogEventSinkInspector? _queue;
    private int _buffered;
    private long _reported;

    public void Emit(LogEvent logEvent)
    {
        _formatter.Format(logEvent, _writer);
        if (_queue is not { Count: > 0 })
        {
            ReportDropped();
            Flush();
            Thread.Sleep(Pause);
        }
        else if (++_buffered == LinesPerWrite)
        {
            Flush();
        }
    }

    public void StartMonitoring(IAsyncLogEventSinkInspector inspector) => _queue = inspector;

    public void StopMonitoring(IAsyncLogEventSinkInspector inspector)
    {
        // The queue is empty by then, and this sink disposed.
    }

    public void Dispose()
    {
        ReportDropped();
        _writer.Dispose();
    }

    private void ReportDropped()
    {
        var dropped = _queue?.DroppedMessagesCount ?? 0;
        if (dropped > _reported)
        {
            var lines = new LogEventProperty("Lines", new ScalarValue(dropped - _reported));
            var report = new LogEvent(DateTimeOffset.UtcNow, LogEventLevel.Warning, null, DroppedTemplate, [lines]);
            _formatter.Format(report, _writer);
            _reported = dropped;
        }
    }

    private void Flush()
    {
        _buffered = 0;
        _writer.Flush();
    }
}
