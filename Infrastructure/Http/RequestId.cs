using System.Buffers;
using System.Security.Cryptography;

namespace WorkspaceService.Infrastructure.Http;

/// <summary>
/// <c>X-Request-Id</c>: taken from the request where it is 1–128 letters, digits and <c>. _ : -</c>, otherwise
/// generated. Part of the response, the logs and the events of the request.
/// </summary>
public static class RequestId
{
    internal const int MaxLength = 128;

    private const string Header = "X-Request-Id";

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:-");

    // Random per process start; a counter makes the ids of a process unique.
    private static readonly string Instance = RandomNumberGenerator.GetHexString(24, lowercase: true);

    private static long _made;

    /// <summary>A new id, also for what the service does of its own accord.</summary>
    public static string Create() => $"req_{Instance}{Interlocked.Increment(ref _made):x8}";

    public static IApplicationBuilder UseRequestId(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        var given = http.Request.Headers[Header].ToString();
        http.TraceIdentifier = given.Length is > 0 and <= MaxLength && given.AsSpan().IndexOfAnyExcept(Allowed) < 0
            ? given
            : Create();
        http.Response.Headers[Header] = http.TraceIdentifier;
        return next(http);
    });
}
