using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace WorkspaceService.Fuzzing;

/// <summary>The service's own OpenAPI document, with every reference resolved.</summary>
internal sealed class ApiDocument
{
    private static readonly string[] Verbs = ["get", "post", "put", "patch", "delete"];

    private ApiDocument(JsonNode json)
    {
        Json = json;
        (Answers, Requests) = (new SchemaValidator(json), new SchemaValidator(json, isStrict: false));
        Operations =
        [
            .. from path in json["paths"]!.AsObject()
               from member in path.Value!.AsObject()
               where Verbs.Contains(member.Key)
               select new ApiOperation(this, member.Key.ToUpperInvariant(), path.Key, member.Value!),
        ];
    }

    private static readonly string[] RefusalsInJson = ["TapeError", "V4Error", "V4NoSite"];

    public JsonNode Json { get; }

    public SchemaValidator Answers { get; }

    public SchemaValidator Requests { get; }

    public IReadOnlyList<ApiOperation> Operations { get; }

    public static async Task<ApiDocument> ReadAsync(ServiceFixture service) =>
        new(JsonNode.Parse(await service.Client(null).GetStringAsync("/openapi/v1.json"))!);

    public JsonNode Resolve(JsonNode node) => SchemaValidator.Resolve(Json, node);

    /// <summary>What is wrong with a refusal that belongs to no operation: it has the shape of some surface.</summary>
    public IEnumerable<string> Errors(Answer refusal) => refusal.Body.Length == 0 ? [] : refusal.MediaType switch
    {
        "application/problem+json" => refusal.Values().SelectMany(value => Errors("Problem", value)),
        "application/json" => refusal.Values()
            .Where(value => RefusalsInJson.All(schema => Errors(schema, value).Any()))
            .Select(_ => "the error has the shape of no surface"),
        var other => [$"an error has the media type {other}"],
    };

    private IEnumerable<string> Errors(string schema, JsonNode? value) =>
        Answers.Errors(Json["components"]!["schemas"]![schema]!, value);
}

/// <summary>One operation: what it takes and what it may answer.</summary>
internal sealed class ApiOperation
{
    private readonly ApiDocument _document;
    private readonly JsonNode _responses;

    public ApiOperation(ApiDocument document, string method, string path, JsonNode json)
    {
        (_document, Method, Path, Id) = (document, method, path, (string)json["operationId"]!);
        _responses = json["responses"]!;
        Parameters =
        [
            .. from parameter in json["parameters"]?.AsArray() ?? []
               let resolved = document.Resolve(parameter!)
               select new ApiParameter(
                   (string)resolved["name"]!,
                   (string)resolved["in"]!,
                   (bool?)resolved["required"] ?? false,
                   document.Resolve(resolved["schema"]!)),
        ];
        if (json["requestBody"]?["content"]?["application/json"] is { } media)
        {
            (Body, Example) = (document.Resolve(media["schema"]!), media["example"]);
        }
    }

    public string Id { get; }

    public string Method { get; }

    public string Path { get; }

    public IReadOnlyList<ApiParameter> Parameters { get; }

    /// <summary>The schema of the body; null where the operation takes none.</summary>
    public JsonNode? Body { get; }

    public JsonNode? Example { get; }

    public bool IsRead => Method == "GET";

    /// <summary>Its answer has no end.</summary>
    public bool IsStream => _responses["200"]?["content"]?["text/event-stream"] is not null;

    public override string ToString() => $"{Method} {Path}";

    /// <summary>What the document forbids in a request; nothing where it cannot be told.</summary>
    public IEnumerable<string> Errors(Draft draft)
    {
        foreach (var (name, text) in draft.Query)
        {
            var parameter = Parameters.FirstOrDefault(each => each.In == "query" && each.Name == name);
            if (parameter is not null)
            {
                var value = Uri.UnescapeDataString(text.Replace('+', ' '));
                var isText = $"{parameter.Schema["type"]?.ToJsonString()}".Contains("string", StringComparison.Ordinal);
                foreach (var error in _document.Requests.Errors(
                    parameter.Schema, isText ? JsonValue.Create(value) : Plain(value), name))
                {
                    yield return error;
                }
            }
        }

        if (Body is not null && Parsed(draft.BodyText) is { } body)
        {
            foreach (var error in _document.Requests.Errors(Body, body))
            {
                yield return error;
            }
        }
    }

    // A query writes numbers with more freedom than JSON: +1, 01.
    private static JsonNode? Plain(string text) =>
        long.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : Parsed(text.ToLowerInvariant());

    private static JsonNode? Parsed(string text)
    {
        try
        {
            return JsonNode.Parse(
                text, documentOptions: new() { MaxDepth = 10_000, AllowDuplicateProperties = false });
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What is wrong with an answer as the document describes it.</summary>
    public IEnumerable<string> Errors(Answer answer)
    {
        if (_responses[$"{answer.Status}"] is not { } declared)
        {
            return [$"the status {answer.Status} is not declared"];
        }

        if (_document.Resolve(declared)["content"] is not JsonObject content)
        {
            return answer.Body.Length == 0 ? [] : [$"there is a body where {answer.Status} has none"];
        }

        return content[answer.MediaType] is { } media
            ? answer.Values().SelectMany(value => _document.Answers.Errors(media["schema"]!, value))
            : [$"{answer.Status} is not declared as {answer.MediaType}"];
    }
}

/// <summary>A parameter; <paramref name="In"/> is path, query or header.</summary>
internal sealed record ApiParameter(string Name, string In, bool Required, JsonNode Schema);
