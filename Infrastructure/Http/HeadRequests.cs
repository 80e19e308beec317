namespace WorkspaceService.Infrastructure.Http;

/// <summary>
/// HEAD is answered wherever GET is (RFC 9110, section 9.3.2): the request runs as a GET, and the server, which still
/// knows it as a HEAD, sends no body.
/// </summary>
public static class HeadRequests
{
    private static readonly object Key = new();

    /// <summary>True for a HEAD that runs as a GET: of an answer without an end only the headers are sent.</summary>
    public static bool IsHead(HttpContext http) => http.Items.ContainsKey(Key);

    public static IApplicationBuilder UseHeadRequests(this IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await next(http);
            return;
        }

        http.Request.Method = HttpMethods.Get;
        http.Items[Key] = Key;
        try
        {
            await next(http);
        }
        finally
        {
            http.Request.Method = HttpMethods.Head;
        }
    });
}
