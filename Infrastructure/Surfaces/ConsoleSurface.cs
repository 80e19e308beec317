using Microsoft.AspNetCore.Http.HttpResults;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Surfaces.Console;

namespace WorkspaceService.Infrastructure.Surfaces;

/// <summary>
/// The console, <c>/console/…</c>: pages for people. Its requests are authenticated by the session that a sign-in
/// begins, and by nothing else; no other surface knows that session.
/// </summary>
public sealed class ConsoleSurface : Surface
{
    public const string Prefix = "/console";

    internal const string SignIn = Prefix + "/sign-in";

    public override bool Claims(PathString path) => path.StartsWithSegments(Prefix);

    public override Type ErrorBody => typeof(string);

    public override string? KeyOf(HttpContext http) =>
        http.RequestServices.GetRequiredService<ConsoleSession>().KeyOf(http);

    internal static int StatusOf(Fault fault) => StatusOf(fault.Kind);

    protected override Task WriteAsync(HttpContext http, Fault fault)
    {
        if (fault.Kind == FaultKind.Unauthenticated)
        {
            return AskForKeyAsync(http);
        }

        var page = new RazorComponentResult<ErrorPage>(new { Fault = fault })
        {
            StatusCode = StatusOf(fault),
        };
        return page.ExecuteAsync(http);
    }

    // The page that a form was sent from, where the browser tells it.
    private static string PageOfForm(HttpRequest request) =>
        Uri.TryCreate(request.Headers.Referer.ToString(), UriKind.Absolute, out var page)
        && page.Authority == request.Host.Value && page.AbsolutePath.StartsWith(Prefix, StringComparison.Ordinal)
            ? page.PathAndQuery
            : "";

    // A browser that follows a link of another site sends no session along. The page that it is shown instead leads to
    // the same address, and the second request is one of this site.
    private static Task AskForKeyAsync(HttpContext http)
    {
        var isVisit = HttpMethods.IsGet(http.Request.Method);
        if (isVisit && !ConsoleSession.IsClaimedBy(http.Request)
            && http.Request.Headers["Sec-Fetch-Site"] == "cross-site")
        {
            return new RazorComponentResult<ArrivalPage>().ExecuteAsync(http);
        }

        var wanted = isVisit ? http.Request.Path + http.Request.QueryString : PageOfForm(http.Request);
        var address = wanted.Length == 0 || wanted == Prefix
            ? SignIn
            : $"{SignIn}?next={Uri.EscapeDataString(wanted)}";
        if (ConsoleSession.IsClaimedBy(http.Request))
        {
            ConsoleSession.End(http);
            return Html.GoTo(address, isVisit
                ? "Your session has ended. Sign in again to go on."
                : "Your session had ended, and nothing was changed. Sign in and do it again.").ExecuteAsync(http);
        }

        return Html.GoTo(address).ExecuteAsync(http);
    }
}
