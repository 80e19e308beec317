using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace WorkspaceService.Infrastructure.Surfaces.Console;

/// <summary>
/// A person's session: the API key of the sign-in, sealed in a cookie that only the console's addresses get. There is
/// no list of sessions, so any instance answers; one ends with its key, after a time without a page, and after the time
/// that any session lasts. The key's text is sealed and not its hash: who reads the database can make no session of it.
/// </summary>
public sealed class ConsoleSession(IDataProtectionProvider protection, ConsoleSettings settings, TimeProvider clock)
{
    private const string Cookie = "workspaces_session";

    // The cookie is written again when it is this old, so that a session which is used does not end.
    private static readonly TimeSpan Renewal = TimeSpan.FromMinutes(1);

    private readonly IDataProtector _protector = protection.CreateProtector("console session");

    /// <summary>The API key of the request's session; null where there is none, or it has ended.</summary>
    public string? KeyOf(HttpContext http) => Read(http)?.Key;

    /// <summary>True where the request has a session's cookie, whether or not the session has ended.</summary>
    public static bool IsClaimedBy(HttpRequest request) => request.Cookies.ContainsKey(Cookie);

    public void Begin(HttpContext http, string key)
    {
        var now = clock.GetUtcNow();
        Write(http, new Content(key, now, now));
    }

    /// <summary>Postpones the end that comes without a page.</summary>
    public void Renew(HttpContext http)
    {
        var now = clock.GetUtcNow();
        if (Read(http) is { } content && now - content.SeenAt >= Renewal)
        {
            Write(http, content with { SeenAt = now });
        }
    }

    public static void End(HttpContext http) => http.Response.Cookies.Delete(Cookie, Options(http));

    /// <summary>
    /// How a cookie of the console is kept: for its own addresses alone, out of reach of scripts and of other sites,
    /// and with HTTPS for HTTPS alone.
    /// </summary>
    internal static CookieOptions Options(HttpContext http) => new()
    {
        Path = ConsoleSurface.Prefix,
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = http.Request.IsHttps,
    };

    private Content? Read(HttpContext http)
    {
        if (http.Request.Cookies[Cookie] is not { Length: > 0 } text || Open(text) is not { } content)
        {
            return null;
        }

        var now = clock.GetUtcNow();
        return now - content.BegunAt < settings.SessionLifetime && now - content.SeenAt < settings.IdleTimeout
            ? content
            : null;
    }

    private void Write(HttpContext http, Content content)
    {
        var options = Options(http);
        options.Expires = content.BegunAt + settings.SessionLifetime;
        http.Response.Cookies.Append(Cookie, _protector.Protect(content.ToText()), options);
    }

    private Content? Open(string text)
    {
        try
        {
            return Content.Parse(_protector.Unprotect(text));
        }
        catch (CryptographicException)
        {
            return null; // changed, or sealed with keys of another database
        }
    }

    /// <param name="SeenAt">When the cookie was written.</param>
    private sealed record Content(string Key, DateTimeOffset BegunAt, DateTimeOffset SeenAt)
    {
        public string ToText() => string.Create(
            CultureInfo.InvariantCulture,
            $"{BegunAt.ToUnixTimeMilliseconds()} {SeenAt.ToUnixTimeMilliseconds()} {Key}");

        public static Content? Parse(string text) =>
            text.Split(' ', 3) is [var begun, var seen, var key]
            && long.TryParse(begun, NumberStyles.None, CultureInfo.InvariantCulture, out var begunAt)
            && long.TryParse(seen, NumberStyles.None, CultureInfo.InvariantCulture, out var seenAt)
                ? new Content(key, TimeOf(begunAt), TimeOf(seenAt))
                : null;

        private static DateTimeOffset TimeOf(long milliseconds) =>
            DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
    }
}
