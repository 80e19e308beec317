using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;

namespace WorkspaceService.Infrastructure.Surfaces;

/// <summary>Turns the outcome of a use case into a Tape answer: 200 with a bare object, whatever was done.</summary>
public static class Tape
{
    internal static readonly Surface Surface = new TapeSurface();

    /// <param name="shown">What the outcome's value looks like on this surface.</param>
    public static TapeAnswer<TShown> Answer<T, TShown>(Outcome<T> outcome, Func<T, TShown> shown) =>
        new(outcome.Match<Outcome<TShown>>(value => shown(value), fault => fault));
}

public sealed class TapeAnswer<T>(Outcome<T> outcome) : IResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(T), ["application/json"]));

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        if (!outcome.Succeeded(out var value, out var fault))
        {
            await Tape.Surface.Refuse(fault).ExecuteAsync(httpContext);
            return;
        }

        var json = JsonSerializer.SerializeToUtf8Bytes(value, Wire.Strict);
        httpContext.Response.StatusCode = StatusCodes.Status200OK;
        httpContext.Response.ContentType = "application/json";
        httpContext.Response.ContentLength = json.Length;
        await httpContext.Response.BodyWriter.WriteAsync(json);
    }
}

/// <summary>A JSON body whose unknown members are ignored; everything else about it is as on the native surface.</summary>
public sealed record LenientBody<T>(T Value) : IEndpointParameterMetadataProvider
    where T : class
{
    public static async ValueTask<LenientBody<T>> BindAsync(HttpContext http, ParameterInfo parameter)
    {
        _ = parameter;
        if (!http.Request.HasJsonContentType())
        {
            throw new BadHttpRequestException("The body is not JSON.", StatusCodes.Status415UnsupportedMediaType);
        }

        try
        {
            return await http.Request.ReadFromJsonAsync<T>(Wire.Lenient) is { } body
                ? new(body)
                : throw new BadHttpRequestException("A JSON body is required.");
        }
        catch (JsonException unreadable)
        {
            throw new BadHttpRequestException("The body cannot be read.", unreadable);
        }
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata(["application/json"], typeof(T)));
}
