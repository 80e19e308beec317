using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
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
    private const int ReadOnlyDbMoved = raw.SQLITE_READONLY | (4 << 8); // SQLite's own code for it
    private const int HasMoved = 20; // SQLITE_FCNTL_HAS_MOVED

    private readonly Lock _gate = new();
    private readonly string _file = connection.DataSource; // empty for a database in memory

    /// <exception cref="SqliteException">An outage: it was deleted, moved or replaced.</exception>
    public void RequireInPlace()
    {
        if (!IsInPlace())
        {
            throw new SqliteException(
                $"{_file} or its log was deleted, moved or replaced while it is in use. Put back what was there, or "
                + "stop the service and restore a backup.",
                raw.SQLITE_READONLY,
                ReadOnlyDbMoved);
        }
    }

    public void Dispose() => connection.Dispose();

    private bool IsInPlace()
    {
        lock (_gate)
        {
            var hasMoved = 0;
            return (FileControl(connection.Handle!.DangerousGetHandle(), "main", HasMoved, ref hasMoved)
                    != raw.SQLITE_OK || hasMoved == 0)
                && (_file.Length == 0 || File.Exists($"{_file}-wal"));
        }
    }

#pragma warning disable SYSLIB1054 // blittable but for the name; generated code would have to be unsafe
    [DllImport("e_sqlite3", EntryPoint = "sqlite3_file_control", CharSet = CharSet.Ansi, BestFitMapping = false)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories)]
    private static extern int FileControl(nint connection, string database, int operation, ref int answer);
#pragma warning restore SYSLIB1054
}
