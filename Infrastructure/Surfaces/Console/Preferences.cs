using System.Globalization;

namespace WorkspaceService.Infrastructure.Surfaces.Console;

/// <summary>How the reader wants to see the console; kept in cookies of the reader's browser.</summary>
/// <param name="Theme">auto, light or dark.</param>
/// <param name="Zone">The time zone of the times that are shown.</param>
public sealed record Preferences(string Theme, TimeZoneInfo Zone)
{
    internal const string ThemeCookie = "workspaces_theme";
    internal const string ZoneCookie = "workspaces_zone";

    public static readonly string[] Themes = ["auto", "light", "dark"];

    public static Preferences Of(HttpContext http)
    {
        if (http.Features.Get<Preferences>() is { } known)
        {
            return known;
        }

        var cookies = http.Request.Cookies;
        var theme = cookies[ThemeCookie] is { } text && Themes.Contains(text) ? text : Themes[0];
        var preferences = new Preferences(theme, Find(cookies[ZoneCookie]) ?? TimeZoneInfo.Utc);
        http.Features.Set(preferences);
        return preferences;
    }

    /// <summary>The zone with this IANA name; null where there is none.</summary>
    public static TimeZoneInfo? Find(string? name) =>
        name is { Length: > 0 and <= 64 } && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : null;

    /// <summary>The instant as the reader's calendar and clock show it, such as <c>26 Nov 2026, 07:42</c>.</summary>
    public string Show(DateTimeOffset at) =>
        TimeZoneInfo.ConvertTime(at, Zone).ToString("d MMM yyyy, HH:mm", CultureInfo.InvariantCulture);
}
