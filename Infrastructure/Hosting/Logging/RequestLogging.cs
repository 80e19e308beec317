using Serilog.Events;
using Serilog.Parsing;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Hosting.Logging;

/// <summary>
/// One structured log line per request: method, path, status, milliseconds, request id and the key's id, as properties
/// and not in the message. Never a key, a query, a body or an invitation's token: path segments that may be secrets
/// are redacted.
/// </summary>
public static class RequestLogging
{
    private const int MinSecretLength = 32;

    private static readonly MessageTemplate Line = new MessageTemplateParser().Parse("Request answered");

    public static IApplicationBuilder UseRequestLogging(this IApplicationBuilder app)
    {
        var log = app.ApplicationServices.GetRequiredService<Serilog.ILogger>()
            .ForContext("SourceContext", "WorkspaceService.Requests");
        var clock = app.ApplicationServices.GetRequiredService<TimeProvider>();
        return app.Use(async (http, next) =>
        {
            var start = clock.GetTimestamp();
            try
            {
                await next(http);
            }
            finally
            {
                var level = http.Response.StatusCode >= 500 ? LogEventLevel.Error : LogEventLevel.Information;
                if (log.IsEnabled(level))
                {
                    log.Write(new LogEvent(
                        clock.GetUtcNow(), level, exception: null, Line, Values(http, clock.GetElapsedTime(start))));
                }
            }
        });
    }

    /// <summary>
    /// The path with <c>…</c> for every segment that may be a secret, whether or not a route matches.
    /// </summary>
    internal static string Redact(string path) =>
        path.Length < MinSecretLength && !path.Contains("_key_", StringComparison.OrdinalIgnoreCase)
        ? path
        : string.Join('/', path.Split('/').Select(RedactSegment));

    private static string RedactSegment(string segment) =>
        segment.Length >= MinSecretLength || segment.Contains("_key_", StringComparison.OrdinalIgnoreCase)
            ? "…"
            : segment;

    private static LogEventProperty[] Values(HttpContext http, TimeSpan elapsed) =>
    [
        new("Method", new ScalarValue(http.Request.Method)),
        new("Path", new ScalarValue(Redact(http.Request.Path.Value!))),
        new("Status", new ScalarValue(http.Response.StatusCode)),
        new("Milliseconds", new ScalarValue(Math.Round(elapsed.TotalMilliseconds, 2))),
        new("RequestId", new ScalarValue(http.TraceIdentifier)),
        new("Key", new ScalarValue(http.Features.Get<Caller>()?.KeyId)),
    ];
}
