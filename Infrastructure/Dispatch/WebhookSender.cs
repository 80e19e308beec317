using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Reflection;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;
using StandardWebhooks;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Json;

namespace WorkspaceService.Infrastructure.Dispatch;

/// <summary>What became of one try.</summary>
/// <param name="RetryAfter">How long the receiver asks to wait; null where it does not.</param>
public sealed record Try(DeliveryAttempt Attempt, TimeSpan? RetryAfter = null)
{
    public bool IsDelivered => Attempt.Error is null;

    /// <summary>The receiver wants no more events.</summary>
    public bool IsGone => Attempt.StatusCode == (int)HttpStatusCode.Gone;
}

/// <summary>
/// Posts an event to its receiver, signed as Standard Webhooks 1.0 has it. Follows no redirect, uses no proxy, and
/// connects to public addresses only, judged on the address that is connected to. Every failure is an answer, in words
/// for the owner of the receiver.
/// </summary>
public sealed class WebhookSender : IDisposable
{
    private const int MostOfBody = 1024;

    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromDays(1);

    private static readonly ProductInfoHeaderValue UserAgent =
        new("WorkspaceService", Assembly.GetExecutingAssembly().GetName().Version?.ToString(3));

    private readonly WebhookSettings _settings;
    private readonly TimeProvider _clock;
    private readonly HttpClient _client;

    public WebhookSender(WebhookSettings settings, TimeProvider clock)
    {
        (_settings, _clock) = (settings, clock);
        _client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            MaxResponseHeadersLength = 16,
            ConnectTimeout = settings.Timeout,
            ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
            ConnectCallback = ConnectAsync,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <param name="secrets">The secrets that sign: the current one, and the one before as long as that counts.</param>
    /// <exception cref="OperationCanceledException">The service stops.</exception>
    public async Task<Try> SendAsync(
        string url, IReadOnlyList<string> secrets, EventObject sent, CancellationToken ct)
    {
        var (at, start) = (_clock.GetUtcNow(), Stopwatch.GetTimestamp());
        if (!_settings.AllowHttp && !url.StartsWith("https:", StringComparison.OrdinalIgnoreCase))
        {
            return new(Attempt(null, "The address is not https, so nothing was sent."));
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(_settings.Timeout);
        try
        {
            using var request = Request(new Uri(url), secrets, sent, at);
            using var answer = await _client.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            var error = answer.IsSuccessStatusCode ? null : await WordAsync(answer, limit.Token);
            return new(Attempt((int)answer.StatusCode, error), error is null ? null : RetryAfter(answer, at));
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new(Attempt(null, string.Create(
                CultureInfo.InvariantCulture, $"There was no answer within {_settings.Timeout.TotalSeconds:0.#} s.")));
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            return new(Attempt(null, Word(failure, new Uri(url))));
        }

        DeliveryAttempt Attempt(int? status, string? error) =>
            new(at, status, (long)Stopwatch.GetElapsedTime(start).TotalMilliseconds, error);
    }

    public void Dispose() => _client.Dispose();

    /// <summary>The signatures of a delivery, one for each secret, as <c>webhook-signature</c> has them.</summary>
    internal static string Sign(IReadOnlyList<string> secrets, string id, DateTimeOffset at, string body) =>
        string.Join(' ', secrets.Select(secret => new StandardWebhook(secret).Sign(id, at, body)));

    private static HttpRequestMessage Request(
        Uri url, IReadOnlyList<string> secrets, EventObject sent, DateTimeOffset at)
    {
        var body = JsonSerializer.Serialize(sent, JsonConventions.Strict);
        var request = new HttpRequestMessage(HttpMethod.Post, url)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.UserAgent.Add(UserAgent);
        request.Headers.Add("webhook-id", sent.Id);
        request.Headers.Add("webhook-timestamp", at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", Sign(secrets, sent.Id, at, body));
        return request;
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var host = context.DnsEndPoint.Host;
        var addresses = await Dns.GetHostAddressesAsync(host, ct);
        var allowed = _settings.AllowPrivateNetworks
            ? addresses
            : Array.FindAll(addresses, PublicAddress.Includes);
        if (allowed.Length == 0)
        {
            throw new NotPublicException();
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage answer, DateTimeOffset now)
    {
        var asked = answer.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - now,
            _ => (TimeSpan?)null,
        };
        return asked > LongestRetryAfter ? LongestRetryAfter : asked > TimeSpan.Zero ? asked : null;
    }

    private static async Task<string> WordAsync(HttpResponseMessage answer, CancellationToken ct)
    {
        var status = Shortened($"It answered {(int)answer.StatusCode} {answer.ReasonPhrase}") + ".";
        if ((int)answer.StatusCode is >= 300 and < 400)
        {
            return $"{status} Redirects are not followed; give the webhook the address that it leads to"
                + (answer.Headers.Location is { } to ? $": {Shortened(to.ToString())}" : ".");
        }

        var body = await BeginningAsync(answer, ct);
        return body.Length == 0 ? status : $"{status} {body}";
    }

    private static async Task<string> BeginningAsync(HttpResponseMessage answer, CancellationToken ct)
    {
        try
        {
            var bytes = new byte[MostOfBody];
            await using var stream = await answer.Content.ReadAsStreamAsync(ct);
            var length = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, ct);
            return Shortened(Encoding.UTF8.GetString(bytes, 0, length));
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException)
        {
            return ""; // The status says what counts.
        }
    }

    // One line, with nothing in it that a database or a terminal would mind.
    private static string Shortened(string text)
    {
        var line = string.Concat(text.EnumerateRunes().Take(MostOfBody).Select(rune =>
            Rune.IsControl(rune) || Rune.IsWhiteSpace(rune) ? " " : rune.ToString()));
        return line.Trim();
    }

    private static string Word(Exception failure, Uri url)
    {
        for (var inner = failure; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case NotPublicException:
                    return $"{url.IdnHost} is not, or does not lead to, a public address, so nothing was sent.";
                case AuthenticationException tls:
                    return $"The TLS connection to {url.Authority} failed: {Shortened(tls.Message)}";
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData }:
                    return $"The name {url.IdnHost} has no address.";
                case SocketException { SocketErrorCode: SocketError.TryAgain }:
                    return $"The name {url.IdnHost} could not be looked up just now.";
                case SocketException { SocketErrorCode: SocketError.ConnectionRefused }:
                    return $"{url.Authority} refused the connection; nothing listens there.";
                case SocketException socket:
                    return $"The connection to {url.Authority} failed: {Shortened(socket.Message)}.";
                case HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded }:
                    return $"{url.Authority} closed the connection without an answer.";
                case HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse }:
                case HttpIOException { HttpRequestError: HttpRequestError.InvalidResponse }:
                    return $"What {url.Authority} answered is not HTTP.";
            }
        }

        return $"The request to {url.Authority} failed: {Shortened(failure.Message)}";
    }

    // Which address a name of another network has is none of the receiver's business.
    private sealed class NotPublicException() : IOException("The address is not public.");
}
