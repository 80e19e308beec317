using Microsoft.Net.Http.Headers;
using WorkspaceService.Infrastructure.Contracts;

namespace WorkspaceService.Infrastructure.Http;

/// <summary>
/// Who may keep an answer: <c>no-store</c> for one that holds a secret, otherwise <c>private, no-cache</c>: it belongs
/// to the caller, and is good only while its <c>ETag</c> is. This holds for the documentation's pages too.
/// </summary>
public static class CacheHeaders
{
    /// <summary>Of what has a hash of its content in its address.</summary>
    internal const string Forever = "public, max-age=31536000, immutable";

    private const string NoStore = "no-store";

    public static IApplicationBuilder UseCacheHeaders(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        http.Response.OnStarting(() =>
        {
            var headers = http.Response.Headers;
            if (http.Response.StatusCode != StatusCodes.Status204NoContent && headers.CacheControl != NoStore
                && headers.CacheControl != Forever)
            {
                headers.CacheControl = "private, no-cache";
                headers.Append(HeaderNames.Vary, "Authorization, Authentication");
            }

            return Task.CompletedTask;
        });
        return next(http);
    });

    /// <summary>Keeps an answer out of every cache where it holds a secret.</summary>
    public static void ForbidStoring<T>(HttpContext http, T answer)
    {
        if (IHoldsSecret.IsTrueOf(answer))
        {
            http.Response.Headers.CacheControl = NoStore;
        }
    }
}
