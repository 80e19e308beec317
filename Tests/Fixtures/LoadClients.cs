using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;

namespace WorkspaceService;

/// <summary>Writers and readers that go on whatever they are answered.</summary>
internal sealed class LoadClients(ServiceProcess service)
{
    private readonly HttpClient _client = service.Client();
    private readonly Lock _lock = new();
    private long _last = Stopwatch.GetTimestamp();
    private int _unavailable;

    public ConcurrentBag<string> Acknowledged { get; } = [];

    public ConcurrentDictionary<HttpStatusCode, int> Answers { get; } = [];

    public ICollection<HttpStatusCode> Statuses => Answers.Keys;

    public int Unavailable => _unavailable;

    public TimeSpan LongestPause { get; private set; }

    public TimeSpan Slowest { get; private set; }

    public Task RunAsync(CancellationToken stop) => Task.WhenAll(
        Enumerable.Range(0, 12).Select(n => Task.Run(() => n % 3 == 0 ? ReadAsync(stop) : WriteAsync(n, stop))));

    public async Task HaveWrittenAsync(int count)
    {
        for (var start = Stopwatch.GetTimestamp(); Acknowledged.Count < count; await Task.Delay(20))
        {
            if (Stopwatch.GetElapsedTime(start) > TimeSpan.FromSeconds(90))
            {
                throw new TimeoutException($"It does not come back: {service.Output}");
            }
        }
    }

    /// <summary>The ids of all users that are there.</summary>
    public async Task<List<string?>> StoredAsync() => [.. (await _client.AllAsync("/v1/users")).Texts("id")];

    private async Task WriteAsync(int writer, CancellationToken stop)
    {
        for (var n = 0; !stop.IsCancellationRequested; n++)
        {
            var response = await AnswerAsync(() => _client.PostJson(
                "/v1/users", new { name = $"{writer}-{n}", email = $"{writer}-{n}@example.com" }));
            if (response.StatusCode == HttpStatusCode.Created)
            {
                Acknowledged.Add((await response.Data(HttpStatusCode.Created)).GetProperty("id").GetString()!);
                NoteWritten();
            }
        }
    }

    private async Task ReadAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await AnswerAsync(() => _client.GetAsync("/v1/users?limit=5"));
        }
    }

    private async Task<HttpResponseMessage> AnswerAsync(Func<Task<HttpResponseMessage>> send)
    {
        var start = Stopwatch.GetTimestamp();
        var response = await send();
        Answers.AddOrUpdate(response.StatusCode, 1, (_, count) => count + 1);
        if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
        {
            Interlocked.Increment(ref _unavailable);
            response.Headers.RetryAfter.Should().NotBeNull();
        }

        lock (_lock)
        {
            var taken = Stopwatch.GetElapsedTime(start);
            Slowest = taken > Slowest ? taken : Slowest;
        }

        return response;
    }

    private void NoteWritten()
    {
        lock (_lock)
        {
            var pause = Stopwatch.GetElapsedTime(_last);
            LongestPause = pause > LongestPause ? pause : LongestPause;
            _last = Stopwatch.GetTimestamp();
        }
    }
}
