using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Infrastructure.Http;

/// <summary>
/// Makes request bodies readable as UTF-8 JSON: compressed ones are decompressed (gzip, br, deflate; the size limit
/// holds for what comes out), other charsets that .NET knows are decoded. Another coding or charset is 415.
/// </summary>
public static class RequestBodies
{
    private static readonly string[] Codings = ["gzip", "br", "deflate", "identity"];

    // Beside the names that .NET has: IANA's alias, and the name that clients write by mistake.
    private static readonly string[] Utf8Aliases = ["utf8", "csUTF8"];

    private static readonly Fault UnknownCoding = new(
        FaultKind.UnsupportedMediaType,
        "unsupported_media_type",
        "The Content-Encoding is not known here; send the body plain, or as gzip, br or deflate.");

    private static readonly Fault UnknownCharset = new(
        FaultKind.UnsupportedMediaType,
        "unsupported_media_type",
        "The charset of the Content-Type is not known here; send the body in UTF-8.");

    /// <summary>
    /// Takes the media type from a request without a body, whatever its client says of it: routing would refuse it.
    /// </summary>
    public static IApplicationBuilder UseEmptyBodies(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        // Not by Content-Length and Transfer-Encoding: a body in HTTP/2 may have neither.
        if (http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
        {
            http.Request.Headers.ContentType = default;
        }

        return next(http);
    });

    /// <summary>Decompresses and decodes bodies.</summary>
    public static IApplicationBuilder UseRequestBodies(this IApplicationBuilder app)
    {
        app.Use((http, next) =>
        {
            var codings = http.Request.Headers.ContentEncoding;
            return codings.Count == 0
                || (codings.Count == 1 && Codings.Contains(codings[0], StringComparer.OrdinalIgnoreCase))
                ? next(http)
                : Surface.Of(http.Request).WriteErrorAsync(http, UnknownCoding);
        });
        app.UseRequestDecompression();
        return app.Use((http, next) =>
        {
            if (!MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type) || !type.Charset.HasValue)
            {
                return next(http);
            }

            if (EncodingOf(HeaderUtilities.RemoveQuotes(type.Charset).Value!) is not { } encoding)
            {
                return Surface.Of(http.Request).WriteErrorAsync(http, UnknownCharset);
            }

            if (encoding.CodePage != Encoding.UTF8.CodePage)
            {
                http.Request.Body = Encoding.CreateTranscodingStream(http.Request.Body, encoding, Encoding.UTF8);
                http.Request.ContentLength = null;
            }

            type.Charset = default;
            http.Request.ContentType = type.ToString();
            return next(http);
        });
    }

    // Bytes that are no text in the charset throw DecoderFallbackException when they are read.
    private static Encoding? EncodingOf(string charset)
    {
        try
        {
            return Utf8Aliases.Contains(charset, StringComparer.OrdinalIgnoreCase)
                ? Encoding.UTF8
                : Encoding.GetEncoding(charset, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        }
        catch (Exception unknown) when (unknown is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}
