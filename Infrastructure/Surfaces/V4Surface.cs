using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.Metadata;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Surfaces;

/// <summary>
/// The V4 surface, <c>/api/v4/…</c> in any case: bare bodies, integer ids, and errors as
/// <c>{"FIELD": ["…"], "message": "…"}</c>.
/// </summary>
public sealed class V4Surface : Surface
{
    public override bool Claims(PathString path) =>
        path.StartsWithSegments("/api/v4", StringComparison.OrdinalIgnoreCase);

    public override Type ErrorBody => typeof(V4Error);

    protected override async Task WriteAsync(HttpContext http, Fault fault)
    {
        var response = http.Response;
        response.StatusCode = StatusOf(fault);
        response.ContentType = "application/json";
        var fields = FieldsOf(fault, http).ToList();
        var body = fields.GroupBy(f => f.Field)
            .ToDictionary(f => f.Key, f => (object)f.Select(e => e.Message).ToArray());
        body["message"] = string.Join(
            ", ", fields.Select(f => f.Field == "base" ? f.Message : $"{f.Field} {f.Message}"));
        await JsonSerializer.SerializeAsync(response.Body, body, JsonConventions.Lenient, http.RequestAborted);
    }

    // An invalid query value is 422, as the seed's validation errors are.
    private static int StatusOf(Fault fault) => fault.Code == "invalid_parameter"
        ? StatusCodes.Status422UnprocessableEntity
        : StatusOf(fault.Kind);

    private static IEnumerable<(string Field, string Message)> FieldsOf(Fault fault, HttpContext http)
    {
        if (fault.Errors.Count > 0)
        {
            return fault.Errors.Select(e => (FieldOf(e.Pointer), Sentence(e.Message)));
        }

        return fault switch
        {
            { Code: "invalid_parameter" } => [(
                (string)fault.Details["parameter"]!,
                Sentence(fault.Message[(fault.Message.IndexOf(':', StringComparison.Ordinal) + 1)..]))],
            { Kind: FaultKind.NotFound } => [(SubjectOf(http), "not found")],
            { Code: "forbidden" } => [(SubjectOf(http), "forbidden")],
            { Kind: FaultKind.Unauthenticated } => [("user", "unauthorized")],
            _ => [("base", fault.Message)],
        };
    }

    // The last name in the pointer; indexes are skipped, so an element's error has the list's name.
    private static string FieldOf(string pointer) =>
        pointer.Split('/').LastOrDefault(part => part.Length > 0 && !part.All(char.IsAsciiDigit)) ?? "base";

    // The last resource in the path.
    private static string SubjectOf(HttpContext http) => http.Request.RouteValues switch
    {
        var values when values.ContainsKey("userNumber") => "user",
        var values when values.ContainsKey("invitationNumber") => "invite",
        _ when http.GetEndpoint() is null => "base",
        _ => "workspace",
    };

    private static string Sentence(string message)
    {
        var text = message.Trim().TrimEnd('.');
        return text.Length == 0 ? text : char.ToLowerInvariant(text[0]) + text[1..];
    }
}

/// <summary>Converts outcomes to responses of the V4 surface: 200 with a bare body.</summary>
public static class V4
{
    private static readonly V4Surface Surface = new();

    /// <param name="reword">Changes a fault whose pointers name members of the message and not of the body.</param>
    public static V4Answer<TBody> Object<T, TBody>(
        Outcome<T> outcome, Func<T, TBody> body, Func<Fault, Fault>? reword = null) =>
        new(outcome.Match(value => (Outcome<TBody>)body(value), fault => reword?.Invoke(fault) ?? fault), Surface);

    /// <summary>
    /// 200 <c>{"can_use_site": true}</c> or 403 with false; 404 for the root key, which has no workspace.
    /// </summary>
    public static V4SiteAnswer Site(Caller caller, Outcome<bool> outcome) => new(
        outcome.Match(may => may, _ => false),
        caller.IsRoot ? Faults.NotFound : null,
        Surface);

    /// <summary><c>{"success": true}</c>.</summary>
    public static V4Answer<V4Success> Success<T>(Outcome<T> outcome) => Object(outcome, _ => new V4Success(true));
}

public sealed record V4Success(bool Success);

/// <summary>
/// Why a request was refused: what is wrong, field by field, each a list of texts; and all of it in one message.
/// </summary>
public sealed record V4Error(string Message)
{
    [JsonExtensionData]
    public IDictionary<string, object> Fields { get; init; } = new Dictionary<string, object>();
}

public sealed class V4Answer<TBody>(Outcome<TBody> outcome, Surface surface) : IResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(
            StatusCodes.Status200OK, typeof(TBody), ["application/json"]));

    public Task ExecuteAsync(HttpContext httpContext) => outcome.Succeeded(out var body, out var fault)
        ? httpContext.Response.WriteAsJsonAsync(body, JsonConventions.Lenient)
        : surface.WriteErrorAsync(httpContext, fault);
}

/// <example>{ "can_use_site": true }</example>
public sealed record V4Site(bool CanUseSite);

/// <example>{ "error": "forbidden", "can_use_site": false }</example>
public sealed record V4NoSite(string Error, bool CanUseSite);

public sealed class V4SiteAnswer(bool may, Fault? fault, Surface surface) : IResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        builder.Metadata.Add(new ProducesResponseTypeMetadata(
            StatusCodes.Status200OK, typeof(V4Site), ["application/json"]));
        builder.Metadata.Add(new ProducesResponseTypeMetadata(
            StatusCodes.Status403Forbidden, typeof(V4NoSite), ["application/json"]));
    }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        if (fault is not null)
        {
            return surface.WriteErrorAsync(httpContext, fault);
        }

        httpContext.Response.StatusCode = may ? StatusCodes.Status200OK : StatusCodes.Status403Forbidden;
        return may
            ? httpContext.Response.WriteAsJsonAsync(new V4Site(true), JsonConventions.Lenient)
            : httpContext.Response.WriteAsJsonAsync(new V4NoSite("forbidden", false), JsonConventions.Lenient);
    }
}

/// <summary>
/// The code of the <see cref="CurrentWorkspace"/>, as an endpoint's parameter; the empty string for none.
/// </summary>
public readonly record struct CurrentWorkspaceCode(string Code)
{
    public static async ValueTask<CurrentWorkspaceCode> BindAsync(HttpContext http)
    {
        var db = http.RequestServices.GetRequiredService<ConnectionFactory>();
        await using var session = db.Open(http.Features.Get<Caller>(), http.RequestAborted);
        return new(await CurrentWorkspace.FindCodeAsync(session));
    }
}
