using WorkspaceService.Infrastructure.Database.Maintenance;

namespace WorkspaceService.Infrastructure.Hosting.Commands;

/// <summary>
/// <c>backup FILE</c>: a consistent copy of the configured SQLite file, while the service runs and writes. It appears
/// under its name when it is complete, checked and on the disk.
/// </summary>
internal static class Backup
{
    public static async Task<int> RunAsync(string[] settings, string file, CancellationToken ct)
    {
        await using var db = CommandDatabase.Configured(settings);
        var source = CommandDatabase.FileOf(db, "back it up with pg_dump");
        if (SqliteFile.Owns(source, file))
        {
            throw new CommandException($"{file} belongs to the database itself; name another file.");
        }

        if (Path.Exists(file))
        {
            throw new CommandException($"{file} exists already; name another file.");
        }

        if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder && !Directory.Exists(folder))
        {
            throw new CommandException($"There is no folder {folder}.");
        }

        return await Progress.RunAsync(Console.Out, progress =>
        {
            using var step = progress.Begin("backing up", 0, "pages");
            var made = SqliteFile.Beside(file);
            SqliteFile.Copy(source, made, step.Report, ct);
            try
            {
                SqliteFile.Publish(made, file);
            }
            catch
            {
                SqliteFile.Delete(made);
                throw;
            }

            step.Complete();
            progress.Say($"{source} is backed up to {file} ({new FileInfo(file).Length} bytes).");
            return Task.FromResult(0);
        });
    }
}
