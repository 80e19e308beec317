using System.Runtime.InteropServices;
using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace WorkspaceService.Infrastructure.Database.Maintenance;

/// <summary>A SQLite file as a whole: its lock, its copies, its damages, and what replaces it.</summary>
internal static partial class SqliteFile
{
    private const int PagesAtOnce = 256;

    // What SQLite keeps beside a file; of another file, it would destroy the one it is found beside.
    private static readonly string[] Logs = ["-wal", "-shm", "-journal"];

    /// <summary>True for the file itself and for what belongs to it, such as its log.</summary>
    public static bool Owns(string file, string path) =>
        Logs.Append("").Append(".lock").Any(end => Path.GetFullPath(file) + end == Path.GetFullPath(path));

    /// <summary>Locks <c>FILE.lock</c>, which the service holds while it runs.</summary>
    /// <exception cref="IOException">Another process holds it.</exception>
    public static FileStream Lock(string file) =>
        new($"{file}.lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    /// <summary>Opens an existing file beside a service that may use it.</summary>
    /// <exception cref="IOException">It is missing or cannot be opened.</exception>
    /// <exception cref="InvalidDataException">It is no SQLite database, or its schema cannot be read.</exception>
    public static SqliteConnection Open(string file)
    {
        if (!File.Exists(file))
        {
            throw new IOException(Directory.Exists(file) ? $"{file} is a folder." : $"There is no file {file}.");
        }

        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Mode = SqliteOpenMode.ReadWrite, // a log that a killed process left behind is read too
            Pooling = false,
            DefaultTimeout = 10,
        }.ToString());
        try
        {
            connection.Open();
            connection.ExecuteScalar<long>("SELECT COUNT(*) FROM sqlite_master");
            return connection;
        }
        catch (SqliteException failure)
        {
            connection.Dispose();
            throw failure.SqliteErrorCode switch
            {
                raw.SQLITE_NOTADB => new InvalidDataException($"{file} is no SQLite database."),
                raw.SQLITE_CORRUPT => new InvalidDataException($"{file} is damaged: {failure.Message}"),
                _ => new IOException($"{file} cannot be opened: {failure.Message}"),
            };
        }
    }

    /// <summary>
    /// Copies the last commit of <paramref name="file"/> to the new file <paramref name="to"/>, while others read and
    /// write it; the copy has no log beside it, is checked, and is on the disk. A failure leaves no file.
    /// </summary>
    /// <param name="progress">Called with the pages that are copied, and all pages.</param>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static void Copy(string file, string to, Action<long, long> progress, CancellationToken ct)
    {
        try
        {
            CopyPages(file, to, progress, ct);
            using (var copy = Open(to))
            {
                copy.Execute("PRAGMA journal_mode = DELETE");
                using var interrupt = ct.Register(() => raw.sqlite3_interrupt(copy.Handle));
                if (FindDamage(copy).FirstOrDefault() is { } damage)
                {
                    throw new InvalidDataException($"{file} is damaged: {damage}");
                }
            }

            using var written = new FileStream(to, FileMode.Open, FileAccess.ReadWrite);
            written.Flush(flushToDisk: true);
        }
        catch (SqliteException failure)
        {
            Delete(to);
            ct.ThrowIfCancellationRequested();
            throw failure.SqliteErrorCode == raw.SQLITE_CORRUPT
                ? new InvalidDataException($"{file} is damaged: {failure.Message}")
                : new IOException($"{file} cannot be copied: {failure.Message}");
        }
        catch
        {
            Delete(to);
            throw;
        }
    }

    /// <summary>What SQLite finds wrong with the file's structure; at most 100 lines.</summary>
    public static IEnumerable<string> FindDamage(SqliteConnection connection) =>
        connection.Query<string>("PRAGMA integrity_check", buffered: false).Where(line => line != "ok");

    /// <summary>Gives the new file its name, durably, where nothing has that name yet.</summary>
    public static void Publish(string made, string file)
    {
        File.Move(made, file, overwrite: false);
        SyncFolder(file);
    }

    /// <summary>
    /// Puts <paramref name="made"/> in the place of <paramref name="file"/>, which the caller has locked; a failure
    /// leaves the old one as it was.
    /// </summary>
    /// <exception cref="IOException">Another program has the old file open.</exception>
    public static void Replace(string file, string made)
    {
        if (File.Exists(file))
        {
            Settle(file);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(made, File.GetUnixFileMode(file));
            }
        }

        // Only a damaged file still has a log, or one that is gone.
        var aside = Logs.Select(log => (Log: file + log, Aside: made + log))
            .Where(log => File.Exists(log.Log)).ToList();
        aside.ForEach(log => File.Move(log.Log, log.Aside));
        try
        {
            File.Move(made, file, overwrite: true);
        }
        catch
        {
            aside.ForEach(log => File.Move(log.Aside, log.Log));
            throw;
        }

        SyncFolder(file);
        aside.ForEach(log => File.Delete(log.Aside));
    }

    /// <summary>Deletes the file with its logs, where they are there.</summary>
    public static void Delete(string file)
    {
        foreach (var path in Logs.Select(log => file + log).Prepend(file))
        {
            File.Delete(path);
        }
    }

    /// <summary>A name beside <paramref name="file"/> for what becomes that file when it is complete.</summary>
    public static string Beside(string file) => $"{file}.{Guid.NewGuid():N}.partial";

    private static void CopyPages(string file, string to, Action<long, long> progress, CancellationToken ct)
    {
        using var source = Open(file);

        // The open transaction keeps its commit in sight; otherwise each commit of another process would start the
        // copy anew.
        source.Execute("BEGIN DEFERRED");
        source.ExecuteScalar<long>("SELECT COUNT(*) FROM sqlite_master");

        CreateLike(file, to);
        using var target = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = to, Pooling = false }.ToString());
        target.Open();
        using var backup = raw.sqlite3_backup_init(target.Handle, "main", source.Handle, "main");
        int result;
        do
        {
            ct.ThrowIfCancellationRequested();
            result = raw.sqlite3_backup_step(backup, PagesAtOnce);
            var pages = raw.sqlite3_backup_pagecount(backup);
            progress(pages - raw.sqlite3_backup_remaining(backup), pages);
        }
        while (result == raw.SQLITE_OK);

        if (result != raw.SQLITE_DONE)
        {
            throw new SqliteException(raw.sqlite3_errstr(result).utf8_to_string(), result);
        }
    }

    // It holds what the file holds, so nobody else may read it.
    private static void CreateLike(string file, string to)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = File.GetUnixFileMode(file) | UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        new FileStream(to, options).Dispose();
    }

    // Merges the log into the file; that takes being alone with it.
    private static void Settle(string file)
    {
        try
        {
            using var old = Open(file);
            old.Execute("PRAGMA journal_mode = DELETE", commandTimeout: 2);
        }
        catch (InvalidDataException)
        {
            // No database that could be read: nothing to merge.
        }
        catch (SqliteException failure) when (failure.SqliteErrorCode == raw.SQLITE_CORRUPT)
        {
            // Damaged: it is being replaced.
        }
        catch (SqliteException failure)
        {
            throw new IOException($"another program uses {file}: {failure.Message}");
        }
    }

    // A new name is as durable as the folder that it stands in.
    private static void SyncFolder(string file)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var folder = System.Text.Encoding.UTF8.GetBytes(Path.GetDirectoryName(Path.GetFullPath(file)) + '\0');
        var handle = OpenFolder(folder, flags: 0);
        if (handle >= 0)
        {
            _ = Sync(handle);
            _ = Close(handle);
        }
    }

#pragma warning disable SYSLIB1054 // blittable as they are; generated code would have to be unsafe
    [DllImport("libc", EntryPoint = "open")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int OpenFolder(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sync(int handle);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int handle);
#pragma warning restore SYSLIB1054
}
