namespace WorkspaceService.Infrastructure.Hosting.Commands;

/// <summary>
/// <c>healthcheck</c>: calls <c>/readyz</c> of the service that runs with the same configuration. For containers,
/// whose image has no HTTP client.
/// </summary>
public static class HealthCheck
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(4);

    /// <summary>The exit code: 0 where the service is ready; otherwise 1, with the reason on standard error.</summary>
    public static async Task<int> RunAsync(string[] settings, CancellationToken ct)
    {
        var address = ServerAddresses.Of(Startup.CreateBuilder(new Arguments(settings, [])).Configuration)
            ?? throw new CommandException("the service of this configuration has no address with plain HTTP.");
        using var client = new HttpClient { Timeout = Timeout };
        try
        {
            using var answer = await client.GetAsync(new Uri($"{address}/readyz"), ct);
            if (answer.IsSuccessStatusCode)
            {
                return 0;
            }

            await Console.Error.WriteLineAsync($"{address}/readyz answers {(int)answer.StatusCode}.");
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException { InnerException: TimeoutException })
        {
            await Console.Error.WriteLineAsync($"{address}/readyz does not answer: {failure.Message}");
        }

        return 1;
    }
}
