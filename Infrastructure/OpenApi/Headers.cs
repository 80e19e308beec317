using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using WorkspaceService.Infrastructure.Http;

namespace WorkspaceService.Infrastructure.OpenApi;

/// <summary>The descriptions of response and request headers.</summary>
internal static class Headers
{
    public static readonly Dictionary<string, OpenApiHeader> All = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ETag"] = Text(
            "The version of the object, for `If-Match` and `If-None-Match`.", "\"7-Jz3kQ0b9Xw1c\""),
        ["Content-Disposition"] = Text(
            "That the answer is a file, and its name.", "attachment; filename=\"audit-log-ORG-26-090500.jsonl\""),
        ["Location"] = Text("The address of what was made.", "/v1/workspaces/WS-26-000021"),
        ["X-Request-Id"] = Text(
            "The request's id: the one that the request brought (1 to 128 of letters, digits and `. _ : -`), otherwise "
            + "a new one.",
            "req_01993f1c5a7d7f3e8f0e6d1c2b3a4958",
            RequestId.MaxLength),
        ["Access-Control-Allow-Origin"] = Text(
            "The origin whose page asks; only where it is one of `Cors:Origins`.", "https://app.example.com"),
        ["Idempotency-Replayed"] = Text(
            "`true` where this is the stored answer to an earlier request with the same `Idempotency-Key`.", "true"),
        ["RateLimit-Policy"] = Text(
            "The key's quota `q` in a window of `w` seconds; only where a limit is set and the key is known.",
            "\"default\";q=600;w=60"),
        ["RateLimit"] = Text(
            "What is left of the quota, `r`, and the seconds until it is full again, `t`; only where a limit is set "
            + "and the key is known.",
            "\"default\";r=599;t=1"),
        ["Retry-After"] = new()
        {
            Description = "Seconds to wait.",
            Schema = new OpenApiSchema
            {
                Type = JsonSchemaType.Integer,
                Format = "int32",
                Minimum = "1",
                Maximum = "60",
            },
            Example = 1,
        },
        ["WWW-Authenticate"] = Text("How to authenticate.", "Bearer"),
    };

    public static readonly Dictionary<string, OpenApiParameter> OfRequests = new()
    {
        ["IdempotencyKey"] = Parameter(
            "Idempotency-Key",
            "Makes it safe to send the request again: within 24 hours the same caller, key and request get the first "
            + "answer again, one that held a secret only with the same API key. Any text of 1 to 255 printable ASCII "
            + "characters; a UUID will do.",
            255),
        ["IfMatch"] = Parameter(
            "If-Match",
            "The `ETag` of the version that you have read; with another version in force nothing is changed and the "
            + "answer is 412."),
        ["IfNoneMatch"] = Parameter(
            "If-None-Match",
            "The `ETag` of the copy that you have; if it is still good the answer is 304 without a body."),
    };

    public static Dictionary<string, IOpenApiHeader> References(OpenApiDocument document, IEnumerable<string> names)
    {
        var references = new Dictionary<string, IOpenApiHeader>();
        foreach (var name in names)
        {
            document.AddComponent(name, All[name]); // once; then it is there already
            references[name] = new OpenApiHeaderReference(name, document);
        }

        return references;
    }

    public static OpenApiParameterReference Parameter(OpenApiDocument document, string name)
    {
        document.AddComponent(name, OfRequests[name]);
        return new OpenApiParameterReference(name, document);
    }

    private static OpenApiHeader Text(string description, string example, int most = 300) =>
        new()
        {
            Description = description,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = most },
            Example = JsonValue.Create(example),
        };

    private static OpenApiParameter Parameter(string name, string description, int? most = null)
    {
        var schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = most };
        Bounds.OfHeader.Close(name, schema);
        return new() { Name = name, In = ParameterLocation.Header, Description = description, Schema = schema };
    }
}
