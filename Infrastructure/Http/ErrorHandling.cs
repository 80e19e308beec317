using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Connections;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Infrastructure.Http;

/// <summary>
/// Writes every error that no slice has written, in the format of the path's surface: no route, wrong method or media
/// type, an unreadable or too large body, an outage, an unhandled exception. Exceptions are logged in full; the
/// response of a 500 has no detail.
/// </summary>
public static class ErrorHandling
{
    public static IApplicationBuilder UseErrorHandling(this IApplicationBuilder app)
    {
        var log = app.ApplicationServices.GetRequiredService<Serilog.ILogger>()
            .ForContext("SourceContext", "WorkspaceService.ErrorHandling");
        return app.Use(async (http, next) =>
        {
            try
            {
                await next(http);
                if (http.Response is { HasStarted: false, StatusCode: >= 400, ContentType: null })
                {
                    await Surface.Of(http.Request).WriteErrorAsync(http, OfStatus(http.Response.StatusCode));
                }
            }
            catch (Exception exception) when (IsClientGone(http, exception))
            {
                AnswerNobody(http);
            }
            catch (Exception exception) when (!http.Response.HasStarted)
            {
                var fault = Of(exception);
                if (fault.Kind is FaultKind.Internal or FaultKind.Unavailable)
                {
                    log.Error(exception, "{RequestId} failed", http.TraceIdentifier);
                }

                try
                {
                    await Surface.Of(http.Request).WriteErrorAsync(http, fault);
                }
                catch (Exception second) when (IsClientGone(http, second))
                {
                    AnswerNobody(http);
                }
                catch (Exception second) when (!http.Response.HasStarted)
                {
                    log.Error(second, "{RequestId} failed while its error was written", http.TraceIdentifier);
                    await Surface.Of(http.Request).WriteErrorAsync(
                        http,
                        TransientErrors.Includes(second)
                            ? Faults.Unavailable
                            : OfStatus(StatusCodes.Status500InternalServerError));
                }
            }
        });
    }

    // A reset connection fails the read of the body before the request counts as aborted.
    private static bool IsClientGone(HttpContext http, Exception exception) =>
        http.RequestAborted.IsCancellationRequested
        || exception is ConnectionResetException or ConnectionAbortedException;

    // Nobody reads an answer, whether or not one has begun.
    private static void AnswerNobody(HttpContext http)
    {
        if (!http.Response.HasStarted)
        {
            http.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
    }

    private static Fault Of(Exception exception) => exception switch
    {
        BadHttpRequestException { InnerException: JsonException json } => OfJson(json),
        BadHttpRequestException { StatusCode: not StatusCodes.Status400BadRequest } bad => OfStatus(bad.StatusCode),
        BadHttpRequestException => new(FaultKind.Malformed, "malformed_json", "A JSON body is required."),
        InvalidDataException =>
            new(FaultKind.Malformed, "malformed_json", "The body is not coded as Content-Encoding says."),
        DecoderFallbackException => new(FaultKind.Malformed, "malformed_json", "The body is not text in its charset."),
        _ when TransientErrors.Includes(exception) => Faults.Unavailable,
        _ => OfStatus(StatusCodes.Status500InternalServerError),
    };

    /// <summary>The fault for a status that the framework sets.</summary>
    public static Fault OfStatus(int status) => status switch
    {
        404 => new(FaultKind.NotFound, "not_found", "There is nothing at this address."),
        405 =>
            new(FaultKind.MethodNotAllowed, "method_not_allowed", "This address does not take that method; see Allow."),
        413 => new(FaultKind.TooLarge, "payload_too_large", "The body is larger than 1 MB."),
        415 => new(FaultKind.UnsupportedMediaType, "unsupported_media_type", "Send the body as application/json."),
        503 => Faults.Unavailable,
        >= 400 and < 500 => new(FaultKind.Malformed, "malformed_json", "The request could not be read."),
        _ =>
            new(FaultKind.Internal, "internal", "The service failed; the request id leads its operator to the reason."),
    };

    // 400 where the text is not JSON; 422 with a pointer where a value has the wrong type.
    private static Fault OfJson(JsonException exception) => JsonErrors.Of(exception) is { } error
        ? Fault.Invalid([error])
        : new(
            FaultKind.Malformed,
            "malformed_json",
            $"The body is not JSON: line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}.");
}
