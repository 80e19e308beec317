using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Surfaces;

/// <summary>Turns the outcome of a use case into a Tape answer: 200 with a bare object, whatever was done.</summary>
public static class Tape
{
    internal static readonly Surface Surface = new TapeSurface();

    public static TapeAnswer<T> Answer<T>(Outcome<T> outcome) => new(outcome);

    /// <param name="shown">What the outcome's value looks like on this surface.</param>
    public static TapeAnswer<TShown> Answer<T, TShown>(Outcome<T> outcome, Func<T, TShown> shown) =>
        new(outcome.Match<Outcome<TShown>>(value => shown(value), fault => fault));
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

/// <summary>The organization that a request is about, since no path or body names one.</summary>
public readonly record struct TapeOrganization(Outcome<string> Code)
{
    public static async ValueTask<TapeOrganization> BindAsync(HttpContext http)
    {
        var db = http.RequestServices.GetRequiredService<ConnectionFactory>();
        await using var session = db.Open(http.Features.Get<Caller>(), http.RequestAborted);
        return new(await CurrentOrganization.FindCodeAsync(session));
    }

    /// <summary>What comes of <paramref name="use"/> in that organization, or why there is none.</summary>
    public Task<Outcome<T>> With<T>(Func<string, Task<Outcome<T>>> use) =>
        Code.Match(use, fault => Task.FromResult(Outcome<T>.Failed(fault)));
}
