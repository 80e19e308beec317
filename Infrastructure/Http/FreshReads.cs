using WorkspaceService.Infrastructure.Database;

namespace WorkspaceService.Infrastructure.Http;

/// <summary>
/// <c>Cache-Control: no-cache</c> in a request: what every instance has committed before it counts (design section 9).
/// </summary>
public static class FreshReads
{
    public static void UseFreshReads(this WebApplication app)
    {
        var db = app.Services.GetRequiredService<ConnectionFactory>();
        app.Use((context, next) =>
        {
            var asked = context.Request.Headers.CacheControl;
            return asked.Count > 0 && asked.ToString().Contains("no-cache", StringComparison.OrdinalIgnoreCase)
                ? CatchUpAsync(context, next)
                : next(context);
        });

        async Task CatchUpAsync(HttpContext context, RequestDelegate next)
        {
            await db.CatchUpAsync(context.RequestAborted);
            await next(context);
        }
    }
}
