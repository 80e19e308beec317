using System.Net.ServerSentEvents;
using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;
using WorkspaceService.Infrastructure.Dispatch;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Surfaces;

/// <summary>What an envelope is around.</summary>
internal interface IEnvelope
{
    object? Content { get; }
}

/// <summary>The native envelope around one object.</summary>
public sealed record Data<T>(T Value) : IEnvelope
{
    object? IEnvelope.Content => Value;

    [System.Text.Json.Serialization.JsonPropertyName("data")]
    public T Value { get; init; } = Value;
}

/// <summary>The native envelope around one page of a list.</summary>
public sealed record DataPage<T>(IReadOnlyList<T> Data, PageMeta Meta);

/// <summary>Where a page stands in its list.</summary>
/// <param name="Cursor">Give it back as <c>cursor</c> for the next page; null on the last page.</param>
/// <param name="HasMore">True where a page follows.</param>
/// <example>{ "cursor": null, "has_more": false }</example>
public sealed record PageMeta(string? Cursor, bool HasMore);

/// <summary>Metadata: the response headers of a success, beside those of every response.</summary>
public sealed record AnswerHeaders(IReadOnlyList<string> Names);

/// <summary>Converts outcomes to responses of the native surface: one method per kind of success.</summary>
public static class Native
{
    /// <summary>201 with the object, its <c>Location</c> and its <c>ETag</c>.</summary>
    public static NativeCreated<T> Created<T>(Outcome<Versioned<T>> outcome, Func<T, string> location) =>
        new(outcome, location);

    /// <summary>200 with the object and its <c>ETag</c>; 304 where <c>If-None-Match</c> names it.</summary>
    public static NativeObject<T> Object<T>(Outcome<Versioned<T>> outcome) => new(outcome);

    /// <summary>200 with a value without a version.</summary>
    public static NativeValue<T> Value<T>(Outcome<T> outcome) => new(outcome);

    /// <summary>200 with a value without the envelope, for probes.</summary>
    public static NativePlain<T> Plain<T>(Outcome<T> outcome) => new(outcome);

    /// <summary>200 with one page of a list.</summary>
    public static NativeList<T> List<T>(Outcome<Page<T>> outcome) => new(outcome);

    /// <summary>200 with a stream of events (WHATWG HTML, server-sent events).</summary>
    public static NativeEvents Events(Outcome<StreamedEvents> outcome) => new(outcome);

    /// <summary>202 with what is going to be done.</summary>
    public static NativeAccepted<T> Accepted<T>(Outcome<T> outcome) => new(outcome);

    /// <summary>204.</summary>
    public static NativeNothing Nothing(Outcome<Done> outcome) => new(outcome);

    internal static readonly Surface Surface = new NativeSurface();

    internal static async Task WriteAsync<T>(HttpContext http, int status, T body, long? version = null)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(body, JsonConventions.Strict);
        var response = http.Response;
        CacheHeaders.ForbidStoring(http, body is IEnvelope { Content: var content } ? content : body);
        if (Idempotency.Current is { Replayed: true })
        {
            response.Headers["Idempotency-Replayed"] = "true";
        }

        if (version is { } current)
        {
            var tag = Precondition.Tag(current, json);
            response.Headers.ETag = tag.ToString();
            if (HttpMethods.IsGet(http.Request.Method) && Precondition.Names(http.Request.Headers.IfNoneMatch, tag))
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }
        }

        response.StatusCode = status;
        response.ContentType = "application/json";
        response.ContentLength = json.Length;
        await response.BodyWriter.WriteAsync(json);
    }

    internal static void Describe<TBody>(EndpointBuilder builder, int status, params string[] headers)
    {
        builder.Metadata.Add(new ProducesResponseTypeMetadata(status, typeof(TBody), ["application/json"]));
        builder.Metadata.Add(new AnswerHeaders(headers));
    }
}

public sealed class NativeCreated<T>(Outcome<Versioned<T>> outcome, Func<T, string> location)
    : IResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        Native.Describe<Data<T>>(builder, 201, "Location", "ETag");

    public Task ExecuteAsync(HttpContext httpContext)
    {
        if (!outcome.Succeeded(out var created, out var fault))
        {
            return Native.Surface.WriteErrorAsync(httpContext, fault);
        }

        httpContext.Response.Headers.Location = location(created.Value);
        return Native.WriteAsync(
            httpContext, StatusCodes.Status201Created, new Data<T>(created.Value), created.Version);
    }
}

public sealed class NativeObject<T>(Outcome<Versioned<T>> outcome) : IResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        Native.Describe<Data<T>>(builder, 200, "ETag");

    public Task ExecuteAsync(HttpContext httpContext) => outcome.Succeeded(out var row, out var fault)
        ? Native.WriteAsync(httpContext, StatusCodes.Status200OK, new Data<T>(row.Value), row.Version)
        : Native.Surface.WriteErrorAsync(httpContext, fault);
}

public sealed class NativeValue<T>(Outcome<T> outcome) : IResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        Native.Describe<Data<T>>(builder, 200);

    public Task ExecuteAsync(HttpContext httpContext) => outcome.Succeeded(out var value, out var fault)
        ? Native.WriteAsync(httpContext, StatusCodes.Status200OK, new Data<T>(value))
        : Native.Surface.WriteErrorAsync(httpContext, fault);
}

/// <summary>
/// Server-sent events: <c>id</c> is the sequence, <c>event</c> the type, <c>data</c> the event.
/// </summary>
public sealed class NativeEvents(Outcome<StreamedEvents> outcome) : IResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(200, typeof(string), ["text/event-stream"]));

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        if (!outcome.Succeeded(out var events, out var fault))
        {
            await Native.Surface.WriteErrorAsync(httpContext, fault);
            return;
        }

        if (HeadRequests.IsHead(httpContext))
        {
            httpContext.Response.ContentType = "text/event-stream";
            return;
        }

        await ServerSentEvents.WriteAsync(
            httpContext, events.Items, next => new(new SseItem<string>(next.Data, next.Type)));
    }
}

public sealed class NativeAccepted<T>(Outcome<T> outcome) : IResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        Native.Describe<Data<T>>(builder, 202);

    public Task ExecuteAsync(HttpContext httpContext) => outcome.Succeeded(out var value, out var fault)
        ? Native.WriteAsync(httpContext, StatusCodes.Status202Accepted, new Data<T>(value))
        : Native.Surface.WriteErrorAsync(httpContext, fault);
}

public sealed class NativePlain<T>(Outcome<T> outcome) : IResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) => Native.Describe<T>(builder, 200);

    public Task ExecuteAsync(HttpContext httpContext) => outcome.Succeeded(out var value, out var fault)
        ? Native.WriteAsync(httpContext, StatusCodes.Status200OK, value)
        : Native.Surface.WriteErrorAsync(httpContext, fault);
}

public sealed class NativeList<T>(Outcome<Page<T>> outcome) : IResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        Native.Describe<DataPage<T>>(builder, 200);

    public Task ExecuteAsync(HttpContext httpContext) => outcome.Succeeded(out var page, out var fault)
        ? Native.WriteAsync(
            httpContext,
            StatusCodes.Status200OK,
            new DataPage<T>(page.Items, new PageMeta(page.Next, page.Next is not null)))
        : Native.Surface.WriteErrorAsync(httpContext, fault);
}

public sealed class NativeNothing(Outcome<Done> outcome) : IResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status204NoContent, typeof(void)));

    public Task ExecuteAsync(HttpContext httpContext)
    {
        if (!outcome.Succeeded(out _, out var fault))
        {
            return Native.Surface.WriteErrorAsync(httpContext, fault);
        }

        httpContext.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
