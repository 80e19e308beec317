using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Surfaces;

/// <summary>Converts outcomes to responses of the Tape surface: always 200 with a bare object.</summary>
public static class Tape
{
    internal static readonly Surface Surface = new TapeSurface();

    public static TapeAnswer<T> Answer<T>(Outcome<T> outcome) => new(outcome);

    public static TapeAnswer<TBody> Answer<T, TBody>(Outcome<T> outcome, Func<T, TBody> body) =>
        new(outcome.Match<Outcome<TBody>>(value => body(value), fault => fault));
}

public sealed class TapeAnswer<T>(Outcome<T> outcome) : IResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(
            StatusCodes.Status200OK, typeof(T), ["application/json"]));

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        if (!outcome.Succeeded(out var value, out var fault))
        {
            await Tape.Surface.WriteErrorAsync(httpContext, fault);
            return;
        }

        var json = JsonSerializer.SerializeToUtf8Bytes(value, JsonConventions.Strict);
        httpContext.Response.StatusCode = StatusCodes.Status200OK;
        httpContext.Response.ContentType = "application/json";
        httpContext.Response.ContentLength = json.Length;
        await httpContext.Response.BodyWriter.WriteAsync(json);
    }
}

/// <summary>The code of the <see cref="CurrentOrganization"/>, as an endpoint's parameter.</summary>
public readonly record struct TapeOrganization(Outcome<string> Code)
{
    public static async ValueTask<TapeOrganization> BindAsync(HttpContext http)
    {
        var db = http.RequestServices.GetRequiredService<ConnectionFactory>();
        await using var session = db.Open(http.Features.Get<Caller>(), http.RequestAborted);
        return new(await CurrentOrganization.FindCodeAsync(session));
    }

    /// <summary>Calls <paramref name="use"/> with the code; a fault is passed on.</summary>
    public Task<Outcome<T>> With<T>(Func<string, Task<Outcome<T>>> use) =>
        Code.Match(use, fault => Task.FromResult(Outcome<T>.Failed(fault)));
}
