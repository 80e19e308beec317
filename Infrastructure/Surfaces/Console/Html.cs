using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http.HttpResults;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Dispatch;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Surfaces.Console;

/// <summary>What a page shows; it names the page that shows it.</summary>
public interface IView<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] TPage>
    where TPage : IComponent
{
    /// <summary>The form of the page; null for a page without one.</summary>
    Form? Form => null;
}

/// <summary>Answers of the console's endpoints.</summary>
public static class Html
{
    private const string NoticeCookie = "workspaces_notice";

    /// <summary>The page; with the status of the fault where its form was refused.</summary>
    public static IResult Show<TPage>(IView<TPage> view) where TPage : IComponent => new Shown<TPage>(view);

    /// <summary>A page that says why there is no other.</summary>
    public static IResult Refused(Fault fault) => new Refusal(fault);

    /// <summary>Goes on to another address after a form was sent, where it is said once what was done.</summary>
    /// <param name="address">Of this console.</param>
    public static IResult GoTo(string address, string? notice = null) => new Departure(address, notice);

    /// <summary>A file of any length.</summary>
    public static IResult Download<T>(Export<T> export, string format) where T : ICsvRow =>
        new NativeExport<T>(export, format);

    /// <summary>What happens as it happens, as rows of the page's table.</summary>
    public static IResult Live(StreamedEvents events) => new LiveRows(events);

    /// <summary>What is to be said on this page about the form before it; said once.</summary>
    internal static string? TakeNotice(HttpContext http)
    {
        if (http.Request.Cookies[NoticeCookie] is not { Length: > 0 } text)
        {
            return null;
        }

        http.Response.Cookies.Delete(NoticeCookie, ConsoleSession.Options(http));
        try
        {
            return NoticeProtector(http).Unprotect(text);
        }
        catch (CryptographicException)
        {
            return null; // not of this service
        }
    }

    private static ITimeLimitedDataProtector NoticeProtector(HttpContext http) =>
        http.RequestServices.GetDataProtector("console notice").ToTimeLimitedDataProtector();

    private sealed class Shown<TPage>(IView<TPage> view) : IResult where TPage : IComponent
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var page = new RazorComponentResult<TPage>(new Dictionary<string, object?> { ["View"] = view });
            if (view.Form?.Fault is { } fault)
            {
                page.StatusCode = ConsoleSurface.StatusOf(fault);
                httpContext.Response.StatusCode = page.StatusCode.Value;
                RefusedRequests.Note(httpContext, fault);
            }

            await page.ExecuteAsync(httpContext);
        }
    }

    private sealed class Refusal(Fault fault) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) =>
            Surface.Of(httpContext.Request).WriteErrorAsync(httpContext, fault);
    }

    private sealed class Departure(string address, string? notice) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            if (notice is not null)
            {
                var options = ConsoleSession.Options(httpContext);
                options.MaxAge = TimeSpan.FromMinutes(1);
                var text = NoticeProtector(httpContext).Protect(notice, options.MaxAge.Value);
                httpContext.Response.Cookies.Append(NoticeCookie, text, options);
            }

            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            httpContext.Response.Headers.Location = address;
            return Task.CompletedTask;
        }
    }
}
