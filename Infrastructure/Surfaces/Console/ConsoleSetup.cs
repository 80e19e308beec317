using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Options;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Surfaces.Console;

/// <summary>Registers the console, and says what holds for all of its addresses.</summary>
public static class ConsoleSetup
{
    // Nothing but what the service itself serves, no frames, and no script or style in a page's text.
    private const string Policy =
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private static readonly Fault FormExpired = Fault.Forbidden(
        "form_expired", "This form was open for too long, or in another session. Go back, load it again, and send it.");

    private static readonly Fault FormUnreadable = new(
        FaultKind.Malformed, "unreadable_form", "The form could not be read. Go back, load it again, and send it.");

    public static IServiceCollection AddConsole(this IServiceCollection services)
    {
        services.AddRazorComponents();
        services.AddSingleton(HtmlEncoder.Create(UnicodeRanges.All));
        services.AddDataProtection().SetApplicationName("WorkspaceService");
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider =>
            new ConfigureOptions<KeyManagementOptions>(options =>
                options.XmlRepository = ActivatorUtilities.CreateInstance<SealingKeys>(provider)));
        services.AddAntiforgery(options =>
        {
            options.Cookie.Name = "workspaces_form";
            options.Cookie.Path = ConsoleSurface.Prefix;
            options.Cookie.HttpOnly = true;
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            options.SuppressXFrameOptionsHeader = true; // the policy says it
        });
        return services
            .AddSingleton<IAntiforgeryAdditionalDataProvider, FormOfKey>()
            .AddSingleton<ConsoleSession>()
            .AddSingleton<Frames>();
    }

    /// <summary>
    /// Headers of every answer of the console: its security policy, and that no cache keeps it. Without a console there
    /// is nothing at its addresses.
    /// </summary>
    public static IApplicationBuilder UseConsole(this IApplicationBuilder app)
    {
        var isEnabled = app.ApplicationServices.GetRequiredService<ConsoleSettings>().Enabled;
        return app.UseWhen(http => http.Request.Path.StartsWithSegments(ConsoleSurface.Prefix), console =>
            console.Use((http, next) =>
            {
                http.Response.OnStarting(() =>
                {
                    var headers = http.Response.Headers;
                    headers.ContentSecurityPolicy = Policy;
                    headers["Referrer-Policy"] = "same-origin";
                    headers.Remove("blazor-enhanced-nav"); // of a script that is not here
                    headers["Cross-Origin-Opener-Policy"] = "same-origin";
                    if (http.Response.Headers.CacheControl != CacheHeaders.Forever)
                    {
                        headers.CacheControl = "no-store";
                    }

                    return Task.CompletedTask;
                });
                if (isEnabled)
                {
                    return next(http);
                }

                http.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            }));
    }

    /// <summary>
    /// Refuses a form that cannot be read or was not made by this session's pages, and postpones the end of a session
    /// that is used.
    /// </summary>
    public static IApplicationBuilder UseConsoleForms(this IApplicationBuilder app)
    {
        var antiforgery = app.ApplicationServices.GetRequiredService<IAntiforgery>();
        var session = app.ApplicationServices.GetRequiredService<ConsoleSession>();
        return app.UseWhen(http => http.Request.Path.StartsWithSegments(ConsoleSurface.Prefix), console =>
            console.Use(async (http, next) =>
            {
                if (!HttpMethods.IsGet(http.Request.Method) && await RefusalOfFormAsync(http) is { } refusal)
                {
                    await Surface.Of(http.Request).WriteErrorAsync(http, refusal);
                    return;
                }

                // What a script asks for by itself is no use.
                if (http.Features.Get<Caller>() is not null
                    && http.Request.Headers["Sec-Fetch-Mode"] is var mode && (mode.Count == 0 || mode == "navigate"))
                {
                    session.Renew(http);
                }

                await next(http);
            }));

        // A form that is too large throws, as every body does.
        async Task<Fault?> RefusalOfFormAsync(HttpContext http)
        {
            try
            {
                if (http.Request.HasFormContentType)
                {
                    await http.Request.ReadFormAsync(http.RequestAborted);
                }
            }
            catch (Exception unreadable) when (unreadable is InvalidDataException or InvalidOperationException
                || (unreadable is IOException and not (BadHttpRequestException or ConnectionResetException)))
            {
                return FormUnreadable; // not of its media type, cut off, with a NUL, or with too many fields
            }

            return await antiforgery.IsRequestValidAsync(http) ? null : FormExpired;
        }
    }

    /// <summary>A form belongs to the key of the session that it was made in.</summary>
    private sealed class FormOfKey : IAntiforgeryAdditionalDataProvider
    {
        public string GetAdditionalData(HttpContext context) => context.Features.Get<Caller>()?.KeyId ?? "";

        public bool ValidateAdditionalData(HttpContext context, string additionalData) =>
            additionalData == GetAdditionalData(context);
    }
}
