using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace WorkspaceService;

/// <summary>
/// What an owner of webhooks runs: it keeps each request, and answers 204 or as a test says. Each webhook has a path of
/// its own.
/// </summary>
public sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<ReceivedDelivery> _received = new();
    private readonly CancellationTokenSource _ended = new();

    private WebhookReceiver(WebApplication app) => _app = app;

    /// <summary>Answers a request. It may throw: the connection is closed then.</summary>
    public Func<ReceivedDelivery, HttpContext, Task> Answer { get; set; } = (_, http) => StatusAsync(http, 204);

    /// <summary>Where it listens, without a slash at the end.</summary>
    public string Address => _app.Urls.Single();

    public IReadOnlyList<ReceivedDelivery> All => [.. _received];

    public static async Task<WebhookReceiver> StartAsync(Action<ListenOptions>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(
            kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => configure?.Invoke(listen)));
        var receiver = new WebhookReceiver(builder.Build());
        receiver._app.Run(receiver.ReceiveAsync);
        await receiver._app.StartAsync();
        return receiver;
    }

    /// <summary>What came to a path, in its order.</summary>
    public IReadOnlyList<ReceivedDelivery> On(string path) => [.. _received.Where(each => each.Path == path)];

    /// <summary>The same, as soon as there are so many.</summary>
    public async Task<IReadOnlyList<ReceivedDelivery>> OnAsync(string path, int count)
    {
        await Until.TrueAsync(() => On(path).Count >= count, () => $"{path} has {On(path).Count} of {count}");
        return On(path);
    }

    public static Task StatusAsync(HttpContext http, int status, string body = "")
    {
        http.Response.StatusCode = status;
        return status == 204 ? Task.CompletedTask : http.Response.WriteAsync(body);
    }

    /// <summary>Answers nothing, until the other side or the receiver ends.</summary>
    public async Task HangAsync(HttpContext http)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, _ended.Token);
        await Task.Delay(Timeout.Infinite, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _app.DisposeAsync();
        _ended.Dispose();
    }

    private async Task ReceiveAsync(HttpContext http)
    {
        using var body = new StreamReader(http.Request.Body);
        var received = new ReceivedDelivery(
            http.Request.Method,
            http.Request.Path,
            new HeaderDictionary(new Dictionary<string, Microsoft.Extensions.Primitives.StringValues>(
                http.Request.Headers, StringComparer.OrdinalIgnoreCase)),
            await body.ReadToEndAsync());
        _received.Enqueue(received);
        await Answer(received, http);
    }
}

/// <summary>A request as a receiver got it.</summary>
public sealed record ReceivedDelivery(string Method, string Path, IHeaderDictionary Headers, string Body)
{
    public string Id => Headers["webhook-id"].ToString();

    public long Timestamp =>
        long.Parse(Headers["webhook-timestamp"].ToString(), System.Globalization.CultureInfo.InvariantCulture);

    public string Signature => Headers["webhook-signature"].ToString();

    public string Type =>
        System.Text.Json.JsonDocument.Parse(Body).RootElement.GetProperty("type").GetString()!;
}

/// <summary>Waits for what happens by itself.</summary>
public static class Until
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static Task TrueAsync(Func<bool> isTrue, Func<string>? state = null) =>
        TrueAsync(() => Task.FromResult(isTrue()), state);

    public static async Task TrueAsync(Func<Task<bool>> isTrue, Func<string>? state = null)
    {
        var start = System.Diagnostics.Stopwatch.GetTimestamp();
        while (!await isTrue())
        {
            if (System.Diagnostics.Stopwatch.GetElapsedTime(start) > Patience)
            {
                throw new TimeoutException($"It has not come true. {state?.Invoke()}");
            }

            await Task.Delay(10);
        }
    }
}
