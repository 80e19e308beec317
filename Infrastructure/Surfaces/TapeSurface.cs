using System.Text.Json;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Surfaces;

/// <summary>
/// The Tape surface, <c>/v1/workspace…</c> and <c>/v1/org…</c> in the singular: bare objects, integer ids, and
/// <see cref="TapeError"/> for every error. A malformed key is 400 here, which its clients expect.
/// </summary>
public sealed class TapeSurface : Surface
{
    private static readonly Fault NoOrganization =
        new(
            FaultKind.Invalid,
            "validation_failed",
            "The root key belongs to no organization; use a key of the one that you mean.");

    public override bool Claims(PathString path) =>
        path.StartsWithSegments("/v1/workspace") || path.StartsWithSegments("/v1/org");

    // Every request is about the caller's organization, and the root key has none.
    public override Fault? RejectsCaller(Caller caller) => caller.IsRoot ? NoOrganization : null;

    public override Type ErrorBody => typeof(TapeError);

    protected override async Task WriteAsync(HttpContext http, Fault fault)
    {
        if (fault.Kind == FaultKind.MethodNotAllowed && !HasNumericIds(http.Request.Path))
        {
            fault = Faults.NotFound;
        }

        var status = StatusOf(fault);
        var response = http.Response;
        response.StatusCode = status;
        response.ContentType = "application/json";
        if (status != StatusCodes.Status401Unauthorized)
        {
            response.Headers.WWWAuthenticate = default;
        }

        var body = new TapeError(status, http.Request.Path.Value!, CodeOf(status, fault), Message(fault));
        await JsonSerializer.SerializeAsync(response.Body, body, JsonConventions.Strict, http.RequestAborted);
    }

    private static string CodeOf(int status, Fault fault) => status switch
    {
        StatusCodes.Status400BadRequest => fault.Code == "malformed_json" ? "invalid_json" : "validation",
        StatusCodes.Status401Unauthorized => "dev_api_authentication",
        StatusCodes.Status403Forbidden => "restricted_resource",
        StatusCodes.Status404NotFound => "not_found",
        StatusCodes.Status405MethodNotAllowed => "invalid_request_method",
        StatusCodes.Status409Conflict => "conflict_error",
        StatusCodes.Status413PayloadTooLarge => "request_too_large",
        StatusCodes.Status415UnsupportedMediaType => "unsupported_media_type",
        StatusCodes.Status429TooManyRequests => "user_too_many_requests",
        StatusCodes.Status503ServiceUnavailable => "service_unavailable",
        _ => "internal_server_error",
    };

    // This surface has no 410, 412 and 422.
    private static int StatusOf(Fault fault) => fault.Kind switch
    {
        FaultKind.Unauthenticated when fault == Faults.MalformedKey => StatusCodes.Status400BadRequest,
        // Tape answers 409 for every known address.
        FaultKind.Invalid when fault == UserRecords.InvitationRequired => StatusCodes.Status409Conflict,
        FaultKind.Invalid => StatusCodes.Status400BadRequest,
        FaultKind.Gone => StatusCodes.Status404NotFound,
        FaultKind.Stale => StatusCodes.Status409Conflict,
        _ => StatusOf(fault.Kind),
    };

    // An id that is no number is 404, not 405, with every method. The routes are /v1/workspace/org, /v1/workspace/{id},
    // and below that /member and /member/{id}.
    private static bool HasNumericIds(PathString path)
    {
        if (!path.StartsWithSegments("/v1/workspace", out var rest))
        {
            return true;
        }

        var parts = rest.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return (parts is [] || NumericIds.IsNumber(parts[0])
                || parts[0].Equals("org", StringComparison.OrdinalIgnoreCase))
            && (parts is not [_, _, var user] || NumericIds.IsNumber(user));
    }

    // Errors in the body are joined: TapeError has one message and no list.
    private static string Message(Fault fault) => fault.Errors.Count == 0
        ? fault.Message
        : string.Join(
            ' ',
            fault.Errors.Select(
                e => e.Pointer.Length == 0 ? e.Message : $"{e.Pointer.TrimStart('/').Replace('/', '.')}: {e.Message}"));
}

/// <summary>Why a request was refused.</summary>
/// <param name="StatusCode">The HTTP status.</param>
/// <param name="Endpoint">The path that was asked for, without its query.</param>
/// <param name="ErrorCode">What happened, for programs; a code never changes.</param>
/// <param name="ErrorMessage">What happened, for people; the wording may change.</param>
public sealed record TapeError(int StatusCode, string Endpoint, string ErrorCode, string ErrorMessage);
