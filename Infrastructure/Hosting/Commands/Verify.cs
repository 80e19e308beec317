using WorkspaceService.Infrastructure.Database.Maintenance;
using WorkspaceService.Infrastructure.Hosting.Commands.Verification;

namespace WorkspaceService.Infrastructure.Hosting.Commands;

/// <summary>
/// <c>verify</c>: every <see cref="Check"/> on one snapshot of the configured database, while the service runs.
/// Findings are the lines of standard output; exit code 1 where there are any.
/// </summary>
internal static class Verify
{
    public static async Task<int> RunAsync(string[] settings, CancellationToken ct)
    {
        await using var db = CommandDatabase.Configured(settings);
        await using var snapshot = await Snapshot.TakeAsync(db, TimeProvider.System, ct);
        return await Progress.RunAsync(Console.Error, async progress =>
        {
            var findings = await CheckAsync(snapshot, progress, "verifying", progress.Say, ct);
            return findings == 0 ? 0 : 1;
        });
    }

    /// <summary>The number of findings; each is told as it is found.</summary>
    public static async Task<long> CheckAsync(
        Snapshot snapshot, Progress progress, string name, Action<string> tell, CancellationToken ct)
    {
        var findings = 0L;
        using var step = progress.Begin(name, Check.All.Count, "checks");
        foreach (var check in Check.All)
        {
            try
            {
                await foreach (var finding in check.FindAsync(snapshot, ct))
                {
                    findings++;
                    tell(finding);
                }
            }
            catch (Exception failure) when (Snapshot.GoesOnAfter(failure))
            {
                findings++;
                tell($"{check.Name}: cannot be read: {failure.Message}");
            }

            step.Advance();
        }

        step.Complete(findings == 1 ? ", 1 finding" : $", {findings} findings");
        return findings;
    }
}
