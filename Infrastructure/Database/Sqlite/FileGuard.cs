using System.Runtime.InteropServices;
using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Win32.SafeHandles;
using SQLitePCL;

namespace WorkspaceService.Infrastructure.Database.Sqlite;

/// <summary>
/// Tells whether the SQLite file that is open still stands under its name, and its log beside it. In WAL mode SQLite
/// goes on without a word where one was deleted, or another file put in its place: whatever it commits then is gone
/// with the process.
/// </summary>
/// <remarks>It has a connection of its own, because every thread asks. An answer takes two <c>stat</c>s.</remarks>
internal sealed class FileGuard(StatementCachingConnection connection) : IDisposable
{
    private const string Deleted = " (deleted)"; // what Linux says of a file that is open and has no name any more

    private const int ReadOnlyDbMoved = raw.SQLITE_READONLY | (4 << 8); // SQLite's own code for it
    private const int HasMoved = 20; // SQLITE_FCNTL_HAS_MOVED

    private readonly Lock _gate = new();
    private readonly string _log = $"{connection.DataSource}-wal";
    private readonly bool _hasLog = connection.ExecuteScalar<string>(Sql.JournalMode) == "wal";
    private SafeFileHandle? _openLog;
    private bool _isDisposed;

    /// <exception cref="SqliteException">An outage: it was deleted, moved or replaced.</exception>
    public void RequireInPlace()
    {
        if (!IsInPlace())
        {
            throw new SqliteException(
                $"{connection.DataSource} or its log was deleted, moved or replaced while it is in use. Put back what "
                + "was there, or stop the service and restore a backup.",
                raw.SQLITE_READONLY,
                ReadOnlyDbMoved);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _openLog?.Dispose();
            connection.Dispose();
        }
    }

    private bool IsInPlace()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            var hasMoved = 0;
            return (FileControl(connection.Handle!.DangerousGetHandle(), "main", HasMoved, ref hasMoved)
                    != raw.SQLITE_OK || hasMoved == 0)
                && (!_hasLog || IsLogInPlace());
        }
    }

    // Another program that opens the file makes a new log where there is none: so the first one is kept in sight.
    private bool IsLogInPlace()
    {
        if (!File.Exists(_log))
        {
            return false;
        }

        _openLog ??= File.OpenHandle(_log, share: FileShare.ReadWrite | FileShare.Delete);
        return new FileInfo($"/proc/self/fd/{_openLog.DangerousGetHandle()}").LinkTarget
            ?.EndsWith(Deleted, StringComparison.Ordinal) != true;
    }

#pragma warning disable SYSLIB1054 // blittable but for the name; generated code would have to be unsafe
    [DllImport("e_sqlite3", EntryPoint = "sqlite3_file_control", CharSet = CharSet.Ansi, BestFitMapping = false)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories)]
    private static extern int FileControl(nint connection, string database, int operation, ref int answer);
#pragma warning restore SYSLIB1054

    private static class Sql
    {
        public const string JournalMode = "PRAGMA journal_mode";
    }
}
