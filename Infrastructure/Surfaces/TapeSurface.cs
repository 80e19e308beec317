using System.Text.Json;

namespace WorkspaceService.Infrastructure.Surfaces;

/// <summary>
/// The Tape surface, <c>/v1/workspace…</c> and <c>/v1/org…</c> in the singular: bare objects, integers for ids, and one shape
/// for every refusal, which names the path. A malformed key is a bad request here, as its clients know it.
/// </summary>
public sealed class TapeSurface : Surface
{
    public override bool Claims(PathString path) => path.StartsWithSegments("/v1/workspace") || path.StartsWithSegments("/v1/org");

    public override IResult Refuse(Fault fault) => new Refusal(fault);

    private static (int Status, string Code) Word(Fault fault) => fault.Kind switch
    {
        _ when fault == Faults.MalformedKey => (StatusCodes.Status400BadRequest, "validation"),
        FaultKind.Malformed when fault.Code == "malformed_json" => (StatusCodes.Status400BadRequest, "invalid_json"),
        FaultKind.Malformed or FaultKind.Invalid => (StatusCodes.Status400BadRequest, "validation"),
        FaultKind.Unauthenticated => (StatusCodes.Status401Unauthorized, "dev_api_authentication"),
        FaultKind.Forbidden => (StatusCodes.Status403Forbidden, "restricted_resource"),
        FaultKind.NotFound or FaultKind.Gone => (StatusCodes.Status404NotFound, "not_found"),
        FaultKind.MethodNotAllowed => (StatusCodes.Status405MethodNotAllowed, "invalid_request_method"),
        FaultKind.Conflict or FaultKind.Stale => (StatusCodes.Status409Conflict, "conflict_error"),
        FaultKind.TooLarge => (StatusCodes.Status413PayloadTooLarge, "request_too_large"),
        FaultKind.UnsupportedMediaType => (StatusCodes.Status415UnsupportedMediaType, "unsupported_media_type"),
        FaultKind.TooMany => (StatusCodes.Status429TooManyRequests, "user_too_many_requests"),
        FaultKind.Unavailable => (StatusCodes.Status503ServiceUnavailable, "service_unavailable"),
        _ => (StatusCodes.Status500InternalServerError, "internal_server_error"),
    };

    private sealed class Refusal(Fault fault) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var said = JudgesTheRequest(fault) && !await PathSight.IsClearAsync(httpContext) ? Faults.NotFound : fault;
            var (status, code) = Word(said);
            var response = httpContext.Response;
            response.StatusCode = status;
            response.ContentType = "application/json";
            if (status == StatusCodes.Status401Unauthorized)
            {
                response.Headers.WWWAuthenticate = "Bearer";
            }

            if (said.Kind == FaultKind.Unavailable)
            {
                response.Headers.RetryAfter = "1";
            }

            if (!HttpMethods.IsHead(httpContext.Request.Method))
            {
                var body = new TapeError(status, httpContext.Request.Path.Value!, code, Message(said));
                await JsonSerializer.SerializeAsync(response.Body, body, Wire.Strict, httpContext.RequestAborted);
            }
        }

        // What is wrong in a body is said here too: the shape has one text and no list.
        private static string Message(Fault said) => said.Errors.Count == 0
            ? said.Message
            : string.Join(' ', said.Errors.Select(e => e.Pointer.Length == 0 ? e.Message : $"{e.Pointer.TrimStart('/').Replace('/', '.')}: {e.Message}"));
    }
}

/// <summary>Why a request was refused.</summary>
/// <param name="StatusCode">The HTTP status.</param>
/// <param name="Endpoint">The path that was asked for, without its query.</param>
/// <param name="ErrorCode">What happened, for programs; a code never changes.</param>
/// <param name="ErrorMessage">What happened, for people; the wording may change.</param>
public sealed record TapeError(int StatusCode, string Endpoint, string ErrorCode, string ErrorMessage);
