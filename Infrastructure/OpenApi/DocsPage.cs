namespace WorkspaceService.Infrastructure.OpenApi;

/// <summary>The API page at <c>/docs</c>. Its assets are in the service, so it works without a network beyond it.</summary>
public static class DocsPage
{
    private const string Prefix = "/docs";

    // Everything is the service's own; pictures in the style sheet are written out as data.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
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
