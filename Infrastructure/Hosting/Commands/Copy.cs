using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Maintenance;

namespace WorkspaceService.Infrastructure.Hosting.Commands;

/// <summary>
/// <c>copy --from SQLITE --to POSTGRESQL</c>: takes a SQLite file into an empty PostgreSQL database, all or nothing.
/// The file is locked against a service meanwhile, whose writes would be missing in the copy; it is not changed. Both
/// sides are verified.
/// </summary>
internal static class Copy
{
    public static async Task<int> RunAsync(string from, string to, CancellationToken ct)
    {
        DapperConventions.Apply();
        await using var source = Startup.Connect(from, TimeProvider.System, "--from");
        await using var target = Startup.Connect(to, TimeProvider.System, "--to");
        if (source.DataFile is not { } file)
        {
            throw new CommandException("--from must name a SQLite file (Data Source=…).");
        }

        if (target.DataFile is not null)
        {
            throw new CommandException("--to must name a PostgreSQL database (Host=…).");
        }

        if (!File.Exists(file))
        {
            throw new CommandException($"There is no file {file}.");
        }

        await using var used = CommandDatabase.Lock(file);
        return await Progress.RunAsync(
            Console.Out, progress => FromLockedAsync(source, file, target, progress, ct));
    }

    private static async Task<int> FromLockedAsync(
        ConnectionFactory source, string file, ConnectionFactory target, Progress progress, CancellationToken ct)
    {
        if (await CountMissingAsync(file) == 0)
        {
            return await FromCurrentAsync(source, target, progress, ct);
        }

        var migrated = SqliteFile.Beside(file);
        try
        {
            using (var step = progress.Begin("copying the file of an earlier version, to migrate it", 0, "pages"))
            {
                SqliteFile.Copy(file, migrated, step.Report, ct);
                step.Complete();
            }

            await using var current = Startup.Connect($"Data Source={migrated}", TimeProvider.System);
            await current.MigrateAsync(TimeProvider.System, ct);
            return await FromCurrentAsync(current, target, progress, ct);
        }
        finally
        {
            SqliteFile.Delete(migrated);
            File.Delete($"{migrated}.lock");
        }
    }

    private static async Task<int> FromCurrentAsync(
        ConnectionFactory source, ConnectionFactory target, Progress progress, CancellationToken ct)
    {
        await using var snapshot = await Snapshot.TakeAsync(source, TimeProvider.System, ct);
        await using var import = await PostgresImport.BeginAsync(target, snapshot, TimeProvider.System, ct);
        await RequireSoundAsync(snapshot, "SQLite", progress, ct);
        var dropped = await import.DropReferencesAsync();
        var tables = await import.ListTablesAsync();
        foreach (var (table, rows) in tables)
        {
            TableDigest copied;
            using (var step = progress.Begin($"copying {table.Name}", rows, "rows"))
            {
                copied = await import.CopyAsync(table, step.Advance, ct);
                step.Complete();
            }

            using var comparing = progress.Begin($"comparing {table.Name}", rows, "rows");
            using var stored = await import.DigestAsync(table, comparing.Advance, ct);
            if (!copied.IsEqualTo(stored))
            {
                throw new CommandException($"{table.Name} differs in PostgreSQL; nothing was copied.");
            }

            copied.Dispose();
            comparing.Complete();
        }

        await import.ContinueNumbersAsync();
        await import.CheckReferencesAsync(dropped);
        await RequireSoundAsync(import.Target(TimeProvider.System), "PostgreSQL", progress, ct);
        ct.ThrowIfCancellationRequested();
        await import.CommitAsync(CancellationToken.None);
        progress.Say($"{tables.Sum(table => table.Rows)} rows of {tables.Count} tables are copied; "
            + "both sides are equal.");
        return 0;
    }

    private static async Task RequireSoundAsync(
        Snapshot snapshot, string name, Progress progress, CancellationToken ct)
    {
        string? first = null;
        var findings = await Verify.CheckAsync(snapshot, progress, $"verifying {name}", line => first ??= line, ct);
        if (first is not null)
        {
            throw new CommandException(
                $"The rows in {name} are damaged, so nothing was copied; "
                + $"verify has {findings} findings, the first: {first}");
        }
    }

    private static async Task<int> CountMissingAsync(string file)
    {
        await using var connection = SqliteFile.Open(file);
        return await Migrator.CountMissingAsync(connection, file);
    }
}
