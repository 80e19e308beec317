using Serilog;
using Serilog.Events;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Operation;

/// <summary>
/// One structured line for each request: method, path, status, milliseconds, request id and the key's id. Never a key, a
/// query, a body, or the token of an invitation.
/// </summary>
public static class RequestLog
{
    public static IApplicationBuilder UseRequestLog(this IApplicationBuilder app)
    {
        var log = Log.ForContext("SourceContext", "WorkspaceService.Requests");
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
                var status = http.Response.StatusCode;
                log.Write(
                    status >= 500 ? LogEventLevel.Error : LogEventLevel.Information,
                    "{Method} {Path} {Status} in {Milliseconds} ms {RequestId} {Key}",
                    http.Request.Method,
                    PathOf(http),
                    status,
                    Math.Round(clock.GetElapsedTime(start).TotalMilliseconds, 2),
                    http.TraceIdentifier,
                    http.Features.Get<Caller>()?.KeyId);
            }
        });
    }

    private static string PathOf(HttpContext http) => http.Request.RouteValues.TryGetValue("token", out var token) && token is string text
        ? http.Request.Path.Value!.Replace(text, "{token}", StringComparison.Ordinal)
        : http.Request.Path.Value!;
}
