using System.Text;
using Microsoft.AspNetCore.Authorization;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>
/// Authenticates requests, except those of anonymous endpoints. A key is accepted as <c>Authorization: Bearer KEY</c>,
/// as <c>Authorization: Basic</c> with the key as user name and an empty password, and as <c>Authentication: Bearer
/// KEY</c> (the header that the V4 documents name); the console has a session instead. An anonymous endpoint may ask to
/// know its caller all the same: see <see cref="OptionalCaller"/>.
/// </summary>
public static class Authentication
{
    public static IApplicationBuilder UseApiKeyAuthentication(this IApplicationBuilder app)
    {
        var authenticator = app.ApplicationServices.GetRequiredService<ApiKeyAuthenticator>();
        return app.Use(async (http, next) =>
        {
            var surface = Surface.Of(http.Request);
            if (http.GetEndpoint() is not { } endpoint || endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            {
                if (http.GetEndpoint()?.Metadata.GetMetadata<OptionalCaller>() is not null
                    && surface.KeyOf(http) is { } shown
                    && (await authenticator.FindAsync(shown)).Succeeded(out var known, out _))
                {
                    http.Features.Set(known.ForRequest(http.TraceIdentifier));
                }

                await next(http);
                return;
            }

            var key = surface.KeyOf(http);
            var found = key is null ? Faults.Unauthenticated : await authenticator.FindAsync(key);
            if (!found.Succeeded(out var caller, out var fault))
            {
                if (fault == Faults.Unauthenticated && key is not null
                    && await authenticator.FindDeadAsync(key) is { } former)
                {
                    http.Features.Set(new FormerCaller(former.ForRequest(http.TraceIdentifier)));
                }

                await surface.WriteErrorAsync(http, fault);
                return;
            }

            // Not for 405: its endpoint is no RouteEndpoint, and its answer does not depend on the caller.
            if (endpoint is RouteEndpoint && surface.RejectsCaller(caller) is { } rejection)
            {
                await surface.WriteErrorAsync(http, rejection);
                return;
            }

            http.Features.Set(caller.ForRequest(http.TraceIdentifier));
            await next(http);
        });
    }

    /// <summary>The API key of the request; null for none.</summary>
    internal static string? KeyOf(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (header.Length == 0)
        {
            header = request.Headers["Authentication"].ToString();
        }

        // By hand: AuthenticationHeaderValue refuses commas and quotes, which a configured root key may contain.
        var space = header.IndexOf(' ', StringComparison.Ordinal);
        var (scheme, credentials) = space < 0 ? (header, "") : (header[..space], header[space..].Trim());
        return credentials.Length == 0 ? null
            : scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase) ? credentials
            : scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase) ? UserOf(credentials)
            : null;
    }

    // RFC 7617: base64 of user:password. With a password the text stays whole and is no valid key.
    private static string UserOf(string credentials)
    {
        var bytes = new byte[credentials.Length];
        if (!Convert.TryFromBase64String(credentials, bytes, out var length))
        {
            return "";
        }

        var text = Encoding.UTF8.GetString(bytes, 0, length);
        return text.EndsWith(':') ? text[..^1] : text;
    }
}

/// <summary>
/// Metadata of an anonymous endpoint whose answer depends on the caller, where the request shows a key that counts.
/// </summary>
internal sealed class OptionalCaller;

/// <summary>Whom a key stood for that is expired or revoked, or whose holder is no caller any more.</summary>
internal sealed record FormerCaller(Caller Caller);
