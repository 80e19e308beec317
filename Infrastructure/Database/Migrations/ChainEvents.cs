using System.Data.Common;
using Dapper;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Infrastructure.Database.Migrations;

/// <summary>
/// Computes the hashes of the events of an earlier version, in the order of their sequences. Events without a sequence
/// get theirs with it.
/// </summary>
internal sealed class ChainEvents : ICodeMigration
{
    private const int BatchSize = 1000;
    private const int MaxChains = 10_000;

    public string Name => "0019_event_hashes_filled";

    public async Task ApplyAsync(DbConnection connection)
    {
        var withoutOrganization = EventChain.Start;
        var heads = new Dictionary<string, string>();
        List<EventRow> rows;
        for (var after = 0L; ; after = rows[^1].Sequence!.Value)
        {
            rows = (await connection.QueryAsync<EventRow>(
                $"""
                SELECT {EventRow.Columns} FROM events e
                WHERE e.sequence > @after ORDER BY e.sequence LIMIT @BatchSize
                """,
                new { after, BatchSize })).AsList();
            if (rows.Count == 0)
            {
                return;
            }

            // What is read here lies before the batch: the chains of the batch are remembered.
            heads = heads.Count > MaxChains ? [] : heads;
            var hashes = new List<object>(rows.Count);
            foreach (var row in rows)
            {
                var previous = row.OrganizationId is not { } organization ? withoutOrganization
                    : heads.TryGetValue(organization, out var head) ? head
                    : await FindHeadAsync(connection, organization, row.Sequence!.Value) ?? EventChain.Start;
                var hash = EventChain.Hash(previous, row.Sequence!.Value, row);
                if (row.OrganizationId is { } chain)
                {
                    heads[chain] = hash;
                }
                else
                {
                    withoutOrganization = hash;
                }

                hashes.Add(new { sequence = row.Sequence, previous, hash });
            }

            await connection.ExecuteAsync(
                """
                UPDATE events SET previous_hash = r.value ->> 'previous', hash = r.value ->> 'hash'
                FROM json_each(@Rows) r WHERE events.sequence = CAST(r.value ->> 'sequence' AS BIGINT)
                """,
                new { Rows = JsonRows.Serialize(hashes) });
        }
    }

    private static Task<string?> FindHeadAsync(DbConnection connection, string organization, long before) =>
        connection.ExecuteScalarAsync<string?>(
            """
            SELECT hash FROM events
            WHERE organization_code = @organization AND sequence < @before
            ORDER BY sequence DESC LIMIT 1
            """,
            new { organization, before });
}
