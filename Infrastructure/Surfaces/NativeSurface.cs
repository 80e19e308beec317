using System.Text.Json;
using System.Text.Json.Serialization;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Surfaces;

/// <summary>
/// The native surface, <c>/v1/…</c>: <c>{"data": …}</c> envelopes and RFC 9457 problems with a stable <c>code</c>.
/// </summary>
public sealed class NativeSurface : Surface
{
    public override bool Claims(PathString path) => true;

    public override Type ErrorBody => typeof(ProblemObject);

    protected override async Task WriteAsync(HttpContext http, Fault fault)
    {
        var status = StatusOf(fault.Kind);
        var response = http.Response;
        response.StatusCode = status;
        response.ContentType = "application/problem+json";
        var body = new ProblemObject
        {
            Type = $"https://example.com/problems/{fault.Code.Replace('_', '-')}",
            Title = Title(fault.Code),
            Status = status,
            Detail = fault.Message,
            Code = fault.Code,
            RequestId = http.TraceIdentifier,
            Errors = fault.Errors.Count > 0 ? fault.Errors : null,
            Details = fault.Details.ToDictionary(),
        };
        await JsonSerializer.SerializeAsync(response.Body, body, JsonConventions.Strict, http.RequestAborted);
    }

    private static string Title(string code) => char.ToUpperInvariant(code[0]) + code[1..].Replace('_', ' ') + ".";
}

/// <summary>
/// Why a request was refused (RFC 9457). Some codes bring members of their own, such as the limit that was hit.
/// </summary>
public sealed record ProblemObject
{
    /// <summary>An address for this kind of problem; compare <c>code</c> instead.</summary>
    public required string Type { get; init; }

    /// <summary>The code in words.</summary>
    public required string Title { get; init; }

    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>What happened, for people; the wording may change.</summary>
    public required string Detail { get; init; }

    /// <summary>What happened, for programs; a code never changes.</summary>
    public required string Code { get; init; }

    /// <summary>The same as <c>X-Request-Id</c>; it leads the operator to the log.</summary>
    public required string RequestId { get; init; }

    /// <summary>What is wrong where in the body, all of it at once.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<FieldError>? Errors { get; init; }

    [JsonExtensionData]
    public IDictionary<string, object?> Details { get; init; } = new Dictionary<string, object?>();
}
