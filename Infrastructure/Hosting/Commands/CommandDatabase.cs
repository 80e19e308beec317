using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Maintenance;

namespace WorkspaceService.Infrastructure.Hosting.Commands;

/// <summary>The configured database, as commands find it: they make none.</summary>
internal static class CommandDatabase
{
    public static ConnectionFactory Configured(string[] settings)
    {
        DapperConventions.Apply();
        var configuration = Startup.CreateBuilder(new Arguments(settings, [])).Configuration;
        return Startup.Connect(Settings.From(configuration).ConnectionString, TimeProvider.System);
    }

    /// <summary>The SQLite file.</summary>
    /// <param name="instead">What to do where PostgreSQL is configured.</param>
    public static string FileOf(ConnectionFactory db, string instead) => db.DataFile switch
    {
        null => throw new CommandException($"PostgreSQL is configured; {instead}."),
        ":memory:" => throw new CommandException("The configured database is in memory; there is no file."),
        var file => file,
    };

    /// <summary>Locks the file as a service does, without waiting.</summary>
    public static FileStream Lock(string file)
    {
        try
        {
            return SqliteFile.Lock(file);
        }
        catch (IOException) when (File.Exists($"{file}.lock"))
        {
            throw new CommandException($"A service uses {file}; stop it first.");
        }
    }
}
