using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Maintenance;

namespace WorkspaceService.Infrastructure.Hosting.Commands;

/// <summary>
/// <c>restore FILE</c>: puts a copy of a backup in the place of the configured SQLite file, all or nothing. One of an
/// earlier version is migrated by the next start.
/// </summary>
internal static class Restore
{
    public static async Task<int> RunAsync(string[] settings, string file, bool force, CancellationToken ct)
    {
        await using var db = CommandDatabase.Configured(settings);
        var target = CommandDatabase.FileOf(db, "restore it with pg_restore");
        if (SqliteFile.Owns(target, file))
        {
            throw new CommandException($"{file} belongs to the database itself; name the file of a backup.");
        }

        if (Directory.Exists(target))
        {
            throw new CommandException($"{target} is a folder.");
        }

        if (File.Exists(target) && !force)
        {
            throw new CommandException($"{target} exists already; --force overwrites it.");
        }

        // What is no backup makes no folder, and needs no lock to be refused.
        await CheckAsync(file);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(target))!);
        await using var used = CommandDatabase.Lock(target);
        return await Progress.RunAsync(Console.Out, async progress =>
        {
            using var step = progress.Begin("restoring", 0, "pages");
            var made = SqliteFile.Beside(target);
            SqliteFile.Copy(file, made, step.Report, ct);
            try
            {
                ct.ThrowIfCancellationRequested();
                SqliteFile.Replace(target, made);
            }
            catch
            {
                SqliteFile.Delete(made);
                throw;
            }

            step.Complete();
            var missing = await CheckAsync(target);
            progress.Say($"{target} is restored from {file}"
                + (missing > 0 ? "; it is of an earlier version, which the next start migrates." : "."));
            return 0;
        });
    }

    // Another program's file, or one of a newer version, is refused; hands back the number of missing migrations.
    private static async Task<int> CheckAsync(string file)
    {
        await using var connection = SqliteFile.Open(file);
        return await Migrator.CountMissingAsync(connection, file);
    }
}
