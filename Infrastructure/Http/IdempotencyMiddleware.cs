using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Infrastructure.Http;

/// <summary>
/// Reads <c>Idempotency-Key</c> of POSTs on the native surface and sets <see cref="Idempotency.Current"/>. Within this
/// instance one request per caller and key runs at a time, others get <c>idempotency_in_flight</c>; across instances
/// the database serializes them.
/// </summary>
public static class IdempotencyMiddleware
{
    private const string Header = "Idempotency-Key";

    public static IApplicationBuilder UseIdempotency(this IApplicationBuilder app)
    {
        var running = new ConcurrentDictionary<(string Scope, string Key), HttpContext>();
        return app.Use((http, next) => InvokeAsync(http, next, running));
    }

    private static async Task InvokeAsync(
        HttpContext http, RequestDelegate next, ConcurrentDictionary<(string Scope, string Key), HttpContext> running)
    {
        var header = http.Request.Headers[Header];
        if (header.Count == 0 || !HttpMethods.IsPost(http.Request.Method)
            || http.Features.Get<Caller>() is not { } caller || Surface.Of(http.Request) is not NativeSurface surface)
        {
            await next(http);
            return;
        }

        var key = header.ToString();
        if (key.Length is 0 or > 255 || key.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            await surface.WriteErrorAsync(
                http, Fault.Parameter(Header, "must be 1 to 255 printable ASCII characters."));
            return;
        }

        var scope = Idempotency.ScopeOf(caller);
        if (!running.TryAdd((scope, key), http))
        {
            await surface.WriteErrorAsync(http, Idempotency.InFlight);
            return;
        }

        // A client may retry as soon as it has the response, before this middleware returns.
        http.Response.OnStarting(() =>
        {
            running.TryRemove(new((scope, key), http));
            return Task.CompletedTask;
        });

        try
        {
            var fingerprint = await FingerprintAsync(http.Request);
            Idempotency.Current = new Idempotency(caller, key, fingerprint, Authentication.KeyOf(http.Request)!);
            await next(http);
        }
        finally
        {
            running.TryRemove(new((scope, key), http));
        }
    }

    private static async Task<string> FingerprintAsync(HttpRequest request)
    {
        // Never buffers to disk, which may be read-only; bodies have at most 1 MB.
        request.EnableBuffering(bufferThreshold: int.MaxValue);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method} {request.Path}{request.QueryString}\n"));
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(buffer)) > 0)
        {
            hash.AppendData(buffer.AsSpan(0, read));
        }

        request.Body.Position = 0;
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
