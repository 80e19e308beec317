using Serilog;
using Serilog.Events;
using WorkspaceService.Infrastructure.Dispatch;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Hosting.Logging;

/// <summary>
/// One structured line per request: method, path, status, milliseconds, request id and the key's id, each as a property
/// and not again in the message. Never a key, a query, a body, or the token of an invitation: path segments that may be
/// secrets are masked.
/// </summary>
internal static class RequestLogging
{
    private const int ShortestSecret = 32;

    // The middleware would name itself as the source; a property that the event has already is not replaced.
    private static readonly LogEventProperty Source =
        new("SourceContext", new ScalarValue("WorkspaceService.Requests"));

    public static IApplicationBuilder UseRequestLogging(this IApplicationBuilder app) =>
        app.UseSerilogRequestLogging(options =>
        {
            var log = app.ApplicationServices.GetRequiredService<Serilog.ILogger>();
            var requests = log.ForContext(Source.Name, "WorkspaceService.Requests");
            options.Logger = log;
            options.MessageTemplate = "Request answered";
            // An override of the level for this source drops the line, as it would a line logged by name.
            options.GetLevel = (http, _, exception) =>
                Level(http, exception) is var level && requests.IsEnabled(level) ? level : LogEventLevel.Verbose;
            options.GetMessageTemplateProperties = Properties;
        });

    /// <summary>The path with every segment masked that may be a secret, whether or not the path exists.</summary>
    internal static string MaskSecrets(string path)
    {
        // A webhook's secret is base64: its slashes make several segments of it.
        var start = path.IndexOf(WebhookSecret.Prefix, StringComparison.OrdinalIgnoreCase);
        return start >= 0 ? MaskSecrets(path[..start]) + "…"
            : MayBeSecret(path)
                ? string.Join('/', path.Split('/').Select(segment => MayBeSecret(segment) ? "…" : segment))
                : path;
    }

    private static bool MayBeSecret(string text) =>
        text.Length >= ShortestSecret || text.Contains("_key_", StringComparison.OrdinalIgnoreCase);

    private static LogEventLevel Level(HttpContext http, Exception? exception) =>
        exception is not null || http.Response.StatusCode >= 500 ? LogEventLevel.Error : LogEventLevel.Information;

    private static LogEventProperty[] Properties(HttpContext http, string path, double milliseconds, int status) =>
    [
        Source,
        new("Method", new ScalarValue(http.Request.Method)),
        new("Path", new ScalarValue(MaskSecrets(path))),
        new("Status", new ScalarValue(http.Response.StatusCode)),
        new("Milliseconds", new ScalarValue(Math.Round(milliseconds, 2))),
        new("RequestId", new ScalarValue(http.TraceIdentifier)),
        new("Key", new ScalarValue(http.Features.Get<Caller>()?.KeyId)),
    ];
}
