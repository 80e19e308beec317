using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;

namespace WorkspaceService.Infrastructure.Surfaces;

/// <summary>A JSON body whose unknown members are ignored; everything else about it is as on the native surface.</summary>
public sealed record LenientBody<T>(T Value) : IEndpointParameterMetadataProvider
    where T : class
{
    public static async ValueTask<LenientBody<T>> BindAsync(HttpContext http)
    {
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
