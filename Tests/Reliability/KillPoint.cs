using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Runtime.InteropServices;
using SQLitePCL;
using WorkspaceService.Infrastructure.Telemetry;

namespace WorkspaceService.Reliability;

/// <summary>
/// Ends the process that it is in, as <c>kill -9</c> does, at a point of a write: where SQLite begins its first,
/// second, … statement, or has ended its COMMIT. SQLite itself tells (<c>sqlite3_trace_v2</c>), so none is left out.
/// </summary>
internal static class KillPoint
{
    /// <summary>
    /// Names the file of the order, which counts from the first transaction on that begins while it is there:
    /// <c>POINT</c>, or <c>POINT WRITES</c>, where that transaction waits until so many were queued, its own included.
    /// </summary>
    public const string Variable = "FAULT_KILL";

    private const uint Begins = 1; // SQLITE_TRACE_STMT
    private const uint Ends = 2; // SQLITE_TRACE_PROFILE

    // SQLite calls them for as long as the process lives.
    private static readonly OnOpen Opened = Open;
    private static readonly OnTrace Traced = Trace;
    private static readonly MeterListener Meters = new();

    private static string _order = "";
    private static long _queued;
    private static int _left;

    private delegate int OnOpen(nint connection, nint message, nint api);

    private delegate int OnTrace(uint what, nint context, nint statement, nint text);

    public static void Prepare(string order)
    {
        _order = order;
        Meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == $"{Instruments.Name}.writer.queue.length")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        Meters.SetMeasurementEventCallback<long>((_, change, _, _) =>
        {
            if (change > 0 && File.Exists(order))
            {
                Interlocked.Increment(ref _queued);
            }
        });
        Meters.Start();

        // As the service does, which is too late for it once SQLite has begun.
        Batteries_V2.Init();
        _ = raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0);
        _ = raw.sqlite3_config(raw.SQLITE_CONFIG_MULTITHREAD);
        _ = OpenAll(Marshal.GetFunctionPointerForDelegate(Opened));
    }

    private static int Open(nint connection, nint message, nint api) =>
        TraceWith(connection, Begins | Ends, Marshal.GetFunctionPointerForDelegate(Traced), 0);

    private static int Trace(uint what, nint context, nint statement, nint text)
    {
        if (Thread.CurrentThread.Name != "sqlite-writer")
        {
            return 0;
        }

        if (_left == 0 && what == Begins && Marshal.PtrToStringUTF8(text) == "BEGIN IMMEDIATE" && File.Exists(_order))
        {
            var order = File.ReadAllText(_order).Split(' ');
            _left = int.Parse(order[0], CultureInfo.InvariantCulture);
            var writes = order.Length == 1 ? 0 : int.Parse(order[1], CultureInfo.InvariantCulture);
            SpinWait.SpinUntil(() => Interlocked.Read(ref _queued) >= writes, TimeSpan.FromSeconds(20));
        }

        var isPoint = what == Begins || Marshal.PtrToStringUTF8(TextOf(statement)) == "COMMIT";
        if (_left > 0 && isPoint && --_left == 0)
        {
            using var self = Process.GetCurrentProcess();
            self.Kill();
        }

        return 0;
    }

#pragma warning disable SYSLIB1054 // blittable as they are; generated code would have to be unsafe
    [DllImport("e_sqlite3", EntryPoint = "sqlite3_auto_extension")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories)]
    private static extern int OpenAll(nint entryPoint);

    [DllImport("e_sqlite3", EntryPoint = "sqlite3_trace_v2")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories)]
    private static extern int TraceWith(nint connection, uint mask, nint callback, nint context);

    [DllImport("e_sqlite3", EntryPoint = "sqlite3_sql")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories)]
    private static extern nint TextOf(nint statement);
#pragma warning restore SYSLIB1054
}
