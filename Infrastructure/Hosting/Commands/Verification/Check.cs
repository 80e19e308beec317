using System.Runtime.CompilerServices;
using WorkspaceService.Infrastructure.Database.Maintenance;

namespace WorkspaceService.Infrastructure.Hosting.Commands.Verification;

/// <summary>One thing that is true of every database of the service; finds where it is not.</summary>
/// <param name="Name">What is checked, for progress.</param>
internal sealed record Check(string Name, Func<Snapshot, CancellationToken, IAsyncEnumerable<string>> FindAsync)
{
    /// <summary>All of them, in the order in which they run. A further one is one more line.</summary>
    public static readonly IReadOnlyList<Check> All =
    [
        new("the file", (snapshot, ct) => snapshot.FindDamageAsync(ct)),
        new("foreign keys", (snapshot, ct) => snapshot.FindBrokenReferencesAsync(ct)),
        .. NumberChecks.All,
        .. CountChecks.All,
        .. MeteringChecks.All,
        .. CopyChecks.All,
        .. RuleChecks.All,
        ChainCheck.OfEvents,
    ];

    /// <summary>A check of the rows of one statement, which may use <c>@Now</c>.</summary>
    /// <param name="word">
    /// A row as a finding, which begins with the code of what it is about; null for a row that is right.
    /// </param>
    /// <param name="onPostgres">The statement's twin, where there is one.</param>
    public static Check Of<T>(string name, string sql, Func<T, string?> word, string? onPostgres = null)
    {
        return new Check(name, FindAsync);

        async IAsyncEnumerable<string> FindAsync(Snapshot snapshot, [EnumeratorCancellation] CancellationToken ct)
        {
            await foreach (var row in snapshot.ReadAsync<T>(sql, onPostgres, new { Now = snapshot.TakenAt }, ct))
            {
                ct.ThrowIfCancellationRequested();
                if (word(row) is { } finding)
                {
                    yield return finding;
                }
            }
        }
    }
}
