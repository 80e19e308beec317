using Dapper;
using Microsoft.Data.Sqlite;

namespace WorkspaceService;

/// <summary>A file as the first release wrote it: USR-26-000007, and the stored answer of a request.</summary>
public static class EarlierVersion
{
    private static readonly string[] Migrations = ["0001", "0003", "0004", "0005", "0006", "0008"];

    public static async Task WriteAsync(string file)
    {
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=false");
        await connection.OpenAsync();
        await connection.ExecuteAsync(
            "CREATE TABLE schema_migrations (name TEXT PRIMARY KEY, applied_at BIGINT NOT NULL)");
        foreach (var (name, sql) in Migrations.Select(Released))
        {
            await connection.ExecuteAsync(sql.Replace(
                "BIGINT PRIMARY KEY", "INTEGER PRIMARY KEY", StringComparison.Ordinal));
            await connection.ExecuteAsync("INSERT INTO schema_migrations VALUES (@name, 0)", new { name });
        }

        await connection.ExecuteAsync("""
            INSERT INTO numbers VALUES ('USR', 7);
            INSERT INTO users (id, code, name, email, email_key, search, status, version, created_at, updated_at)
            VALUES (7, 'USR-26-000007', 'Ada', 'ada@example.com', 'ada@example.com', 'ada', 'active', 1, 0, 0);
            INSERT INTO safe_retries VALUES ('key_26_00001', 'tour-1', 'fingerprint', 'answer', 5);
            """);
    }

    private static (string Name, string Sql) Released(string number)
    {
        var assembly = typeof(Program).Assembly;
        var resource = assembly.GetManifestResourceNames().Single(name =>
            name.Contains($".Migrations.{number}_", StringComparison.Ordinal)
            && !name.EndsWith(".postgres.sql", StringComparison.Ordinal));
        using var text = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return (resource[(resource.IndexOf(".Migrations.", StringComparison.Ordinal) + 12)..], text.ReadToEnd());
    }
}
