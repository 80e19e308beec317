using Microsoft.AspNetCore.HttpOverrides;

namespace WorkspaceService.Infrastructure.Http;

/// <summary>
/// Headers by which a browser does nothing with an answer but show it: no script, no frame, no guess of its type (OWASP
/// REST Security). Pages have policies of their own. Where the request came by HTTPS the browser is told to keep to it.
/// </summary>
public static class SecurityHeaders
{
    private const string Policy = "default-src 'none'; frame-ancestors 'none'";

    private const string Forwarded = "X-Forwarded-Proto";

    private const string Year = "max-age=31536000";

    /// <summary>A proxy before the service tells by <c>X-Forwarded-Proto</c> how the request came.</summary>
    public static IServiceCollection AddSecurityHeaders(this IServiceCollection services) =>
        services.Configure<ForwardedHeadersOptions>(options =>
        {
            options.ForwardedHeaders = ForwardedHeaders.XForwardedProto;
            options.ForwardLimit = null; // of several proxies the first counts
            options.KnownIPNetworks.Clear();
            options.KnownProxies.Clear();
        });

    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app) => app
        .UseWhen(http => IsForwarded(http.Request.Headers), forwarded => forwarded.UseForwardedHeaders())
        .Use((http, next) =>
        {
            http.Response.OnStarting(Complete, http);
            return next(http);
        });

    // Any other scheme would stand in links that are handed out.
    private static bool IsForwarded(IHeaderDictionary headers) =>
        headers.TryGetValue(Forwarded, out var schemes)
        && schemes.ToString().Split(',').All(scheme => scheme.Trim() is "http" or "https");

    private static Task Complete(object state)
    {
        var http = (HttpContext)state;
        var headers = http.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers.TryAdd("Referrer-Policy", "no-referrer");
        if (headers.ContentSecurityPolicy.Count == 0)
        {
            headers.ContentSecurityPolicy = Policy;
        }

        if (http.Request.IsHttps)
        {
            headers.StrictTransportSecurity = Year;
        }

        return Task.CompletedTask;
    }
}
