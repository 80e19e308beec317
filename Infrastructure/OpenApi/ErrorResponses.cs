using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Infrastructure.OpenApi;

/// <summary>
/// The error responses of one document. Each surface writes each sample fault once; status, headers and body of the
/// result are the description.
/// </summary>
internal sealed class ErrorResponses(OpenApiDocument document, Schemas schemas, IServiceProvider services)
{
    // One or more examples of each kind; faults of one slice are part of its description.
    private static readonly Fault[] Samples =
    [
        ErrorHandling.OfStatus(StatusCodes.Status400BadRequest),
        Fault.Parameter("limit", "must be between 1 and 100."),
        Faults.InvalidCursor,
        Faults.Unauthenticated,
        Faults.MalformedKey,
        Faults.Forbidden,
        Faults.OrganizationSuspended,
        Faults.RoleExceedsOwnRole,
        Faults.PlanLimitExceeded("members", 25),
        Faults.NotFound,
        Faults.WorkspaceArchived,
        Faults.LastAdmin,
        Idempotency.InFlight,
        Idempotency.SecretWithheld,
        new(FaultKind.Gone, "invitation_used", "The invitation has been accepted already."),
        new(FaultKind.Gone, "invitation_expired", "The invitation has expired; ask for another one."),
        Faults.PreconditionFailed,
        ErrorHandling.OfStatus(StatusCodes.Status413PayloadTooLarge),
        ErrorHandling.OfStatus(StatusCodes.Status415UnsupportedMediaType),
        Fault.Invalid("/name", "required", "Give a name."),
        Faults.NotOrganizationMember,
        Idempotency.Reused,
        new(FaultKind.TooMany, "rate_limited", "This key may make 600 requests a minute; wait for Retry-After."),
        ErrorHandling.OfStatus(StatusCodes.Status500InternalServerError),
        Faults.Unavailable,
    ];

    private readonly Dictionary<Surface, List<ErrorResponse>> _errors = [];

    /// <summary>Adds the error responses of <paramref name="surface"/> for these kinds of fault.</summary>
    public async Task AddAsync(
        OpenApiResponses responses, Surface surface, string path, IReadOnlyCollection<FaultKind> kinds)
    {
        var errors = await ErrorsOfAsync(surface, path);
        foreach (var status in errors.Where(r => kinds.Contains(r.Fault.Kind)).Select(r => r.Status).Distinct().Order())
        {
            responses.TryAdd($"{status}", Reference(surface, status, errors));
        }
    }

    /// <summary>Adds the surface's error response of this status.</summary>
    public async Task AddAsync(OpenApiResponses responses, Surface surface, string path, int status) =>
        responses.TryAdd($"{status}", Reference(surface, status, await ErrorsOfAsync(surface, path)));

    private static string Sentence(FaultKind kind) => kind switch
    {
        FaultKind.Malformed => "The request cannot be read: broken JSON, or a parameter of the wrong form.",
        FaultKind.Unauthenticated => "A valid API key is required.",
        FaultKind.Forbidden =>
            "You may see this, but not do that with it; or a role, plan or seat limit stands against it.",
        FaultKind.NotFound => "It does not exist, or you may not see it.",
        FaultKind.MethodNotAllowed => "The address does not take that method.",
        FaultKind.Conflict => "It cannot be done as things stand.",
        FaultKind.Gone => "It was there once and is not any more.",
        FaultKind.Stale => "It has changed since the version that `If-Match` names.",
        FaultKind.TooLarge => "The body is larger than 1 MB.",
        FaultKind.UnsupportedMediaType => "The body is not `application/json`.",
        FaultKind.Invalid => "The request can be read, but breaks a rule.",
        FaultKind.TooMany => "Too many requests with this key; wait as long as `Retry-After` says.",
        FaultKind.Unavailable => "The service cannot reach its database now; the same request may succeed later.",
        _ => "The service failed; the request id leads its operator to the reason.",
    };

    private async Task<List<ErrorResponse>> ErrorsOfAsync(Surface surface, string path)
    {
        if (_errors.TryGetValue(surface, out var errors))
        {
            return errors;
        }

        _errors[surface] = errors = [];
        foreach (var fault in Samples)
        {
            var http = new DefaultHttpContext
            {
                RequestServices = services,
                TraceIdentifier = "req_01993f1c5a7d7f3e8f0e6d1c2b3a4958",
            };
            http.Request.Method = HttpMethods.Get;
            http.Request.Path = path;
            using var body = new MemoryStream();
            http.Response.Body = body;
            await surface.WriteErrorAsync(http, fault);
            errors.Add(new(
                fault,
                http.Response.StatusCode,
                http.Response.ContentType!.Split(';')[0],
                [.. http.Response.Headers.Keys.Where(Headers.All.ContainsKey)],
                JsonNode.Parse(body.ToArray())!));
        }

        return errors;
    }

    private OpenApiResponseReference Reference(Surface surface, int status, List<ErrorResponse> errors)
    {
        var (body, _) = schemas.Of(surface.ErrorBody, Schemas.Use.Answer);
        var name = ReasonPhrases.GetReasonPhrase(status).Replace(" ", "", StringComparison.Ordinal)
            + (body as OpenApiSchemaReference)?.Reference.Id;
        if (document.Components?.Responses?.ContainsKey(name) != true)
        {
            var examples = errors.Where(r => r.Status == status).ToList();
            var content = new OpenApiMediaType { Schema = body, Examples = new Dictionary<string, IOpenApiExample>() };
            foreach (var example in examples)
            {
                content.Examples.TryAdd(example.Fault.Code, new OpenApiExample { Value = example.Body });
            }

            document.AddComponent(name, new OpenApiResponse
            {
                Description = examples.Count == 0
                    ? ReasonPhrases.GetReasonPhrase(status)
                    : string.Join(' ', examples.Select(r => Sentence(r.Fault.Kind)).Distinct()),
                Headers = Headers.References(
                    document,
                    ["X-Request-Id", "Access-Control-Allow-Origin", .. HeadersOf(status),
                        .. examples.SelectMany(r => r.Headers).Distinct()]),
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    [examples.FirstOrDefault()?.MediaType ?? errors[0].MediaType] = content,
                },
            });
        }

        return new OpenApiResponseReference(name, document);
    }

    // What the middleware adds. A caller that is not known has no quota.
    private static string[] HeadersOf(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => [],
        StatusCodes.Status429TooManyRequests => ["RateLimit-Policy", "RateLimit", "Retry-After"],
        _ => ["RateLimit-Policy", "RateLimit"],
    };

    private sealed record ErrorResponse(
        Fault Fault, int Status, string MediaType, IReadOnlyList<string> Headers, JsonNode Body);
}
