using Carter;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Surfaces.Console;

/// <summary>Begins and ends sessions, and keeps what a reader prefers.</summary>
internal sealed class Endpoint : ICarterModule
{
    private const string Preferred = ConsoleSurface.Prefix + "/preferences";

    private static readonly TimeSpan Year = TimeSpan.FromDays(365);

    public void AddRoutes(IEndpointRouteBuilder app)
    {
        app.MapGet(ConsoleSurface.SignIn, ShowSignIn).AllowAnonymous();
        app.MapPost(ConsoleSurface.SignIn, SignIn).AllowAnonymous().WithName("console.SignIn");
        app.MapPost(ConsoleSurface.Prefix + "/sign-out", SignOut);
        app.MapGet(Preferred, ShowPreferences);
        app.MapPost(Preferred, SavePreferences);
    }

    private static IResult ShowSignIn(string? next) => Html.Show(new SignInView(Form.Of(("next", next))));

    private static async Task<IResult> SignIn(
        Form form, HttpContext http, ApiKeyAuthenticator authenticator, ConsoleSession session)
    {
        var key = form["key"] ?? "";
        if (!(await authenticator.FindAsync(key)).Succeeded(out _, out var fault))
        {
            // The audit log has uses of dead keys, here as everywhere.
            if (await authenticator.FindDeadAsync(key) is { } former)
            {
                http.Features.Set(new FormerCaller(former.ForRequest(http.TraceIdentifier)));
            }

            return Html.Show(new SignInView(form.Refused(fault, ("unauthenticated", "key"))));
        }

        session.Begin(http, key);
        return Html.GoTo(IsPage(form["next"]) ? form["next"]! : ConsoleSurface.Prefix);
    }

    private static IResult SignOut(HttpContext http)
    {
        ConsoleSession.End(http);
        return Html.GoTo(ConsoleSurface.SignIn, "You are signed out.");
    }

    private static async Task<IResult> ShowPreferences(
        Caller caller, Frames frames, HttpContext http, CancellationToken ct)
    {
        var preferences = Preferences.Of(http);
        return Html.Show(new PreferencesView(
            await frames.OpenAsync(caller, ct),
            Form.Of(("theme", preferences.Theme), ("zone", preferences.Zone.Id))));
    }

    private static async Task<IResult> SavePreferences(
        Form form, Caller caller, Frames frames, HttpContext http, CancellationToken ct)
    {
        if (Preferences.Find(form["zone"]) is not { } zone)
        {
            var unknown = Fault.Invalid("/zone", "not_found", "There is no time zone of this name.");
            return Html.Show(new PreferencesView(await frames.OpenAsync(caller, ct), form.Refused(unknown)));
        }

        // The script reads the zone too.
        var options = ConsoleSession.Options(http);
        (options.MaxAge, options.HttpOnly) = (Year, false);
        http.Response.Cookies.Append(Preferences.ThemeCookie, form["theme"] ?? Preferences.Themes[0], options);
        http.Response.Cookies.Append(Preferences.ZoneCookie, zone.Id, options);
        return Html.GoTo(Preferred, "Your preferences are saved in this browser.");
    }

    // An address of another site is no place to go on to, however it is written.
    private static bool IsPage(string? address) =>
        address is not null
        && (address == ConsoleSurface.Prefix
            || address.StartsWith(ConsoleSurface.Prefix + "/", StringComparison.Ordinal)
            || address.StartsWith(ConsoleSurface.Prefix + "?", StringComparison.Ordinal))
        && !address.Contains('\\', StringComparison.Ordinal) && !address.Any(char.IsControl);
}

/// <summary>What the sign-in page shows.</summary>
public sealed record SignInView(Form Form) : IView<SignInPage>;

/// <summary>What the page of preferences shows.</summary>
public sealed record PreferencesView(Frame Frame, Form Form) : IView<PreferencesPage>;
