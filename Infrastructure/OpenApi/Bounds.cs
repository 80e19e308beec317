using Microsoft.OpenApi;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Hosting;
using WorkspaceService.Infrastructure.Http;

namespace WorkspaceService.Infrastructure.OpenApi;

/// <summary>
/// Limits of what no rule of a validator limits, so that every text, number and list in the document has one: of a
/// request, what fits into the part of it that brings the value, beyond which the server refuses it; of an answer, what
/// the rules allow to be stored, by the member's name, or what can be held at all.
/// </summary>
/// <param name="longest">The longest text, in characters.</param>
/// <param name="most">The longest list.</param>
internal sealed class Bounds(int longest, int most)
{
    /// <summary>Kestrel's limit of a request line, in bytes: 414 beyond it.</summary>
    public static readonly Bounds OfQuery = new(8 * 1024, 0);

    /// <summary>The same; a longer id than there is is found nowhere.</summary>
    public static readonly Bounds OfPath = new(8 * 1024, 0);

    /// <summary>Kestrel's limit of all request headers, in bytes: 431 beyond it.</summary>
    public static readonly Bounds OfHeader = new(32 * 1024, 0);

    /// <summary>The limit of a body, in bytes: 413 beyond it. An item of a list takes two at least.</summary>
    public static readonly Bounds OfBody = new(Startup.MaxBodyBytes, Startup.MaxBodyBytes / 2);

    /// <summary>No text is longer than a request can bring, and no list longer than memory can hold.</summary>
    public static readonly Bounds OfAnswer = new(Startup.MaxBodyBytes, int.MaxValue);

    private static readonly string[] Ids =
    [
        "organization_id", "workspace_id", "user_id", "owner_id", "service_line_id", "event_id", "managed_by",
        "invited_by", "decided_by", "organization", "workspace", "user", "invitation", "serviceLine", "integration",
        "webhook", "delivery", "request",
    ];

    // By the name of the member or parameter, which means the same wherever it is.
    private static readonly Dictionary<string, int> Texts = new(
        Ids.Select(name => KeyValuePair.Create(name, Codes.MaxLength)))
    {
        ["request_id"] = RequestId.MaxLength,
        ["name"] = 120,
        ["description"] = 2000,
        ["slug"] = 63,
        ["url"] = 2000,
        ["avatar_url"] = 2000,
        ["hash"] = 64,
        ["previous_hash"] = 64,
    };

    // Of answers: pages have 100 rows, batches 500 results.
    private static readonly Dictionary<string, int> Lists = new()
    {
        ["data"] = 500,
        ["events"] = 100,
        ["project_tags"] = 50,
        ["workspace_roles"] = 3,
    };

    private static readonly Dictionary<string, (long Least, long Most)> Numbers = new()
    {
        ["score"] = (0, 100),
        ["health_score"] = (0, 100),
        ["status"] = (100, 599),
        ["status_code"] = (100, 599),
        ["invitationNumber"] = (1, long.MaxValue),
        ["userNumber"] = (1, long.MaxValue),
        ["workspaceNumber"] = (1, long.MaxValue),
    };

    public static Bounds Of(ParameterLocation? place) => place switch
    {
        ParameterLocation.Path => OfPath,
        ParameterLocation.Header => OfHeader,
        _ => OfQuery,
    };

    /// <summary>Gives a schema, and the items of a list, the limits that it lacks.</summary>
    /// <param name="name">The member or parameter that has the value.</param>
    public void Close(string name, IOpenApiSchema? described)
    {
        if (described is not OpenApiSchema { Type: { } type } schema)
        {
            return;
        }

        if (type.HasFlag(JsonSchemaType.String) && schema.Enum is null)
        {
            schema.MaxLength ??= schema.Format == "date-time" && this == OfAnswer ? "2026-04-01T09:00:00Z".Length
                : this != OfQuery && Texts.TryGetValue(name, out var length) ? length
                : longest;
        }

        if (type.HasFlag(JsonSchemaType.Integer))
        {
            var (least, greatest) = Numbers.TryGetValue(name, out var known) ? known
                : schema.Format == "int32" ? (int.MinValue, int.MaxValue)
                : (long.MinValue, long.MaxValue);
            schema.Minimum ??= $"{least}";
            schema.Maximum ??= $"{greatest}";
        }

        if (type.HasFlag(JsonSchemaType.Array))
        {
            schema.MaxItems ??= this == OfAnswer && Lists.TryGetValue(name, out var count) ? count : most;
            Close(name, schema.Items);
        }

        Close(name, schema.AdditionalProperties);
    }
}
