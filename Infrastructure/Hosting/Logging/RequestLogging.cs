using Serilog.Events;
using Serilog.Parsing;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Hosting.Logging;

/// <summary>
/// One structured line for each request: method, path, status, milliseconds, request id and the key's id, each said
/// once and not again in the message. Never a key, a query, a body, or the token of an invitation: of the path only
/// what is too short for a secret is shown.
/// </summary>
public static class RequestLogging
{
    private const int ShortestSecret = 32;

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

    /// <summary>The path with every segment hidden that may be a secret, whether or not it leads anywhere.</summary>
    internal static string Shown(string path) =>
        path.Length < ShortestSecret && !path.Contains("_key_", StringComparison.OrdinalIgnoreCase)
        ? path
        : string.Join('/', path.Split('/').Select(MayBeSecret));

    private static string MayBeSecret(string segment) =>
        segment.Length >= ShortestSecret || segment.Contains("_key_", StringComparison.OrdinalIgnoreCase)
            ? "…"
            : segment;

    private static LogEventProperty[] Values(HttpContext http, TimeSpan took) =>
    [
        new("Method", new ScalarValue(http.Request.Method)),
        new("Path", new ScalarValue(Shown(http.Request.Path.Value!))),
        new("Status", new ScalarValue(http.Response.StatusCode)),
        new("Milliseconds", new ScalarValue(Math.Round(took.TotalMilliseconds, 2))),
        new("RequestId", new ScalarValue(http.TraceIdentifier)),
        new("Key", new ScalarValue(http.Features.Get<Caller>()?.KeyId)),
    ];
}
