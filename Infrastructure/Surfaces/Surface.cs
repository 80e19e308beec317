using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Surfaces;

/// <summary>
/// A wire format: its paths and its error format. Selected by path and never by header, so that errors before routing
/// (an unknown path, unreadable JSON) have the right format too.
/// </summary>
public abstract class Surface
{
    private static readonly NativeSurface Native = new();

    // The first one that claims the path; the native surface claims all other paths.
    private static readonly Surface[] All = [new TapeSurface(), new V4Surface(), new ConsoleSurface(), Native];

    public static Surface Of(HttpRequest request) => Of(request.Path);

    public static Surface Of(PathString path)
    {
        foreach (var surface in All)
        {
            if (surface.Claims(path))
            {
                return surface;
            }
        }

        return Native;
    }

    /// <summary>True where this surface is mounted at <paramref name="path"/>.</summary>
    public abstract bool Claims(PathString path);

    /// <summary>The API key that the request shows; null for none.</summary>
    public virtual string? KeyOf(HttpContext http) => Authentication.KeyOf(http.Request);

    /// <summary>The fault for a caller that this surface never serves; null where it does.</summary>
    public virtual Fault? RejectsCaller(Security.Caller caller) => null;

    /// <summary>The type of error bodies, for the OpenAPI document.</summary>
    public abstract Type ErrorBody { get; }

    /// <summary>
    /// Writes the response of a fault, with <c>WWW-Authenticate</c> and <c>Retry-After</c> where they belong. A fault
    /// about the request's form is replaced by <c>not_found</c> where the caller may not see a resource in the path
    /// (see <see cref="ResourceVisibility"/>).
    /// </summary>
    public async Task WriteErrorAsync(HttpContext http, Fault fault)
    {
        var isAboutRequest = fault.Kind
            is FaultKind.Malformed or FaultKind.Invalid or FaultKind.UnsupportedMediaType or FaultKind.TooLarge;
        if (isAboutRequest)
        {
            fault = await VisibleAsync(http) switch
            {
                true => fault,
                false => Faults.NotFound,
                null => Faults.Unavailable,
            };
        }

        switch (fault.Kind)
        {
            case FaultKind.Unauthenticated:
                http.Response.Headers.WWWAuthenticate = "Bearer";
                break;
            case FaultKind.Unavailable:
                http.Response.Headers.RetryAfter = "1";
                break;
        }

        try
        {
            await WriteAsync(http, fault);
        }
        finally
        {
            RefusedRequests.Note(http, fault);
        }
    }

    // Null where the database does not tell.
    private static async Task<bool?> VisibleAsync(HttpContext http)
    {
        try
        {
            return await ResourceVisibility.IsVisibleAsync(http);
        }
        catch (Exception failure) when (TransientErrors.Includes(failure))
        {
            return null;
        }
    }

    /// <summary>Writes status, media type and body.</summary>
    protected abstract Task WriteAsync(HttpContext http, Fault fault);

    /// <summary>The default status of a kind of fault (RFC 9110).</summary>
    protected static int StatusOf(FaultKind kind) => kind switch
    {
        FaultKind.Malformed => StatusCodes.Status400BadRequest,
        FaultKind.Unauthenticated => StatusCodes.Status401Unauthorized,
        FaultKind.Forbidden => StatusCodes.Status403Forbidden,
        FaultKind.NotFound => StatusCodes.Status404NotFound,
        FaultKind.MethodNotAllowed => StatusCodes.Status405MethodNotAllowed,
        FaultKind.Conflict => StatusCodes.Status409Conflict,
        FaultKind.Gone => StatusCodes.Status410Gone,
        FaultKind.Stale => StatusCodes.Status412PreconditionFailed,
        FaultKind.TooLarge => StatusCodes.Status413PayloadTooLarge,
        FaultKind.UnsupportedMediaType => StatusCodes.Status415UnsupportedMediaType,
        FaultKind.Invalid => StatusCodes.Status422UnprocessableEntity,
        FaultKind.TooMany => StatusCodes.Status429TooManyRequests,
        FaultKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };
}
