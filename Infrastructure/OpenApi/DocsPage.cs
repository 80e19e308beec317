namespace WorkspaceService.Infrastructure.OpenApi;

/// <summary>
/// Swagger UI at <c>/docs</c>. Its assets are embedded, so it loads nothing from other hosts.
/// </summary>
public static class DocsPage
{
    private const string Prefix = "/docs";

    // Same-origin only. The style sheet has data: images, and the logo an inline style, which is allowed by its hash.
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
