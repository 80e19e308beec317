using System.Runtime.CompilerServices;
using WorkspaceService.Infrastructure.Database.Maintenance;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Infrastructure.Hosting.Commands.Verification;

/// <summary>The hashes of events: each is that of its event, and follows the one before in its organization.</summary>
internal static class ChainCheck
{
    public static readonly Check OfEvents = new("hashes of events", FindAsync);

    private static async IAsyncEnumerable<string> FindAsync(
        Snapshot snapshot, [EnumeratorCancellation] CancellationToken ct)
    {
        EventRow? before = null;
        await foreach (var row in snapshot.ReadAsync<EventRow>(Sql.ListInChains, null, new { }, ct))
        {
            ct.ThrowIfCancellationRequested();
            before = before?.OrganizationId == row.OrganizationId ? before : null;
            if (row.PreviousHash != (before is null ? EventChain.Start : before.Hash))
            {
                yield return before is null
                    ? $"{row.Id}: its previous_hash is not 64 zeros, but no event of its organization comes before it"
                    : $"{row.Id}: its previous_hash is not the hash of {before.Id}, which comes before it";
            }

            if (row.Hash is null || row.Hash != HashOf(row))
            {
                yield return $"{row.Id}: its hash is not that of what it says";
            }

            before = row;
        }
    }

    private static string? HashOf(EventRow row)
    {
        try
        {
            return EventChain.Hash(row.PreviousHash ?? EventChain.Start, row.Sequence!.Value, row);
        }
        catch (FormatException)
        {
            return null; // its changes are no JSON
        }
    }

    private static class Sql
    {
        public const string ListInChains = $"""
            SELECT {EventRow.Columns}
            FROM events e
            WHERE e.sequence IS NOT NULL
            ORDER BY e.organization_code, e.sequence
            """;
    }
}
