namespace WorkspaceService.Infrastructure.Hosting.Commands;

/// <summary>
/// <c>healthcheck</c>: calls <c>/readyz</c> of the service that runs with the same configuration. For containers,
/// whose image has no HTTP client.
/// </summary>
public static class HealthCheck
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(4);

    /// <summary>0 where the service is ready; refused with the reason otherwise.</summary>
    public static async Task<int> RunAsync(string[] settings, CancellationToken ct)
    {
        var address = ServerAddresses.Of(Startup.CreateBuilder(new Arguments(settings, [])).Configuration)
            ?? throw new CommandException("The service of this configuration has no address with plain HTTP.");
        using var client = new HttpClient { Timeout = Timeout };
        try
        {
            using var answer = await client.GetAsync(new Uri($"{address}/readyz"), ct);
            return answer.IsSuccessStatusCode
                ? 0
                : throw new CommandException($"{address}/readyz answers {(int)answer.StatusCode}.");
        }
        catch (Exception failure)
            when (failure is HttpRequestException or TaskCanceledException { InnerException: TimeoutException })
        {
            throw new CommandException($"{address}/readyz does not answer: {failure.Message}");
        }
    }
}
