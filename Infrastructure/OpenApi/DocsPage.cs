namespace WorkspaceService.Infrastructure.OpenApi;

/// <summary>
/// The API page at <c>/docs</c>. Its assets are in the service, so it works without a network beyond it.
/// </summary>
public static class DocsPage
{
    private const string Prefix = "/docs";

    // Everything is the service's own. Pictures in the style sheet are written out as data, and the logo brings two
    // rules of style with it, which are known by their hash.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self' "
        + "'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='; "
        + "img-src 'self' data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static IApplicationBuilder UseDocsPage(this IApplicationBuilder app)
    {
        app.UseWhen(http => http.Request.Path.StartsWithSegments(Prefix), docs => docs.Use((http, next) =>
        {
            http.Response.Headers.ContentSecurityPolicy = Policy;
            http.Response.Headers.XContentTypeOptions = "nosniff";
            http.Response.Headers["Referrer-Policy"] = "no-referrer";
            return next(http);
        }));

        return app.UseSwaggerUI(page =>
        {
            page.RoutePrefix = "docs";
            page.DocumentTitle = "WorkspaceService";
            page.SwaggerEndpoint("/openapi/v1.json", "WorkspaceService");
            page.EnablePersistAuthorization();
            page.EnableDeepLinking();
            page.EnableFilter();
            page.DisplayRequestDuration();
            page.DefaultModelsExpandDepth(0);
        });
    }
}
