using Dapper;

namespace WorkspaceService.Infrastructure.Database.Postgres;

/// <summary>
/// Work that one of several instances does at a time. A lease is renewed by taking it again; that of an instance which
/// has died ends by itself. Works through a pooler, and counts by the clock of the database.
/// </summary>
internal sealed class Leases(PostgresConnections connections)
{
    private const string Now = "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";

    private readonly string _holder = Guid.NewGuid().ToString("N");

    /// <summary>True where this instance holds the lease for <paramref name="length"/> from now on.</summary>
    public Task<bool> TakeAsync(string name, TimeSpan length, CancellationToken ct) =>
        ExecuteAsync(Sql.Take, new { Name = name, Holder = _holder, Length = (long)length.TotalMilliseconds }, ct);

    /// <summary>Lets another instance have it at once.</summary>
    public Task GiveBackAsync(string name, CancellationToken ct) =>
        ExecuteAsync(Sql.GiveBack, new { Name = name, Holder = _holder }, ct);

    private async Task<bool> ExecuteAsync(string sql, object parameters, CancellationToken ct)
    {
        await using var connection = await connections.OpenAsync(ct);
        return await connection.RunAsync((inner, stop) =>
            inner.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: stop))) > 0;
    }

    private static class Sql
    {
        // No row: another instance holds it.
        public const string Take = $"""
            INSERT INTO leases (name, holder, expires_at) VALUES (@Name, @Holder, {Now} + @Length)
            ON CONFLICT (name) DO UPDATE SET holder = @Holder, expires_at = {Now} + @Length
            WHERE leases.holder = @Holder OR leases.expires_at < {Now}
            """;

        public const string GiveBack = "DELETE FROM leases WHERE name = @Name AND holder = @Holder";
    }
}
