namespace WorkspaceService.Infrastructure.Hosting;

/// <summary>
/// <c>--healthcheck</c>: asks the service that runs with the same configuration whether it is ready. For containers,
/// whose image has no other program that could ask.
/// </summary>
public static class HealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    /// <summary>0 where it is ready, otherwise 1 and the reason on standard error.</summary>
    public static async Task<int> RunAsync(IConfiguration configuration)
    {
        var address = ServerAddresses.Of(configuration)
            ?? throw new StartupException("the health check needs an address with plain HTTP.");
        using var client = new HttpClient { Timeout = Patience };
        try
        {
            using var answer = await client.GetAsync(new Uri($"{address}/readyz"));
            if (answer.IsSuccessStatusCode)
            {
                return 0;
            }

            await Console.Error.WriteLineAsync($"{address}/readyz answers {(int)answer.StatusCode}.");
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
        {
            await Console.Error.WriteLineAsync($"{address}/readyz does not answer: {failure.Message}");
        }

        return 1;
    }
}
