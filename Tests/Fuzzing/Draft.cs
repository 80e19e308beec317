using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace WorkspaceService.Fuzzing;

/// <summary>
/// A request in the making. Path and query hold what will stand on the wire, percent signs included; in the body a
/// value may be replaced by any text, JSON or not.
/// </summary>
internal sealed class Draft(ApiOperation operation, Actor actor)
{
    private static readonly JsonSerializerOptions Plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = 10_000,
    };

    private readonly List<string> _raws = [];

    public ApiOperation Operation { get; } = operation;

    public Actor Actor { get; set; } = actor;

    public string Method { get; set; } = operation.Method;

    public Dictionary<string, string> Path { get; } = [];

    public List<(string Name, string Value)> Query { get; } = [];

    public List<(string Name, string Value)> Headers { get; } = [];

    public JsonNode? Body { get; set; }

    /// <summary>What is done to the text of the body, and to its bytes.</summary>
    public Func<string, string> Rewrite { get; set; } = text => text;

    public Func<byte[], byte[]> Recode { get; set; } = bytes => bytes;

    public string? MediaType { get; set; } = "application/json";

    /// <summary>What is done to the whole request as it stands on the wire.</summary>
    public Func<string, string>? Reframe { get; set; }

    /// <summary>The kinds of mutation that have been applied.</summary>
    public List<string> Mutations { get; } = [];

    /// <summary>False where the request is no longer one of this operation, or none at all.</summary>
    public bool IsOfOperation { get; set; } = true;

    /// <summary>Hands back a value that stands for <paramref name="text"/> in the body.</summary>
    public JsonNode Raw(string text)
    {
        _raws.Add(text);
        return JsonValue.Create($"@raw{_raws.Count - 1}@");
    }

    public string Url
    {
        get
        {
            var path = Path.Aggregate(
                Operation.Path, (url, part) => url.Replace($"{{{part.Key}}}", part.Value, StringComparison.Ordinal));
            return Query.Count == 0 ? path
                : $"{path}?{string.Join('&', Query.Select(part => $"{part.Name}={part.Value}"))}";
        }
    }

    public string BodyText
    {
        get
        {
            var text = Body?.ToJsonString(Plain) ?? "";
            for (var n = 0; n < _raws.Count; n++)
            {
                text = text.Replace($"\"@raw{n}@\"", _raws[n], StringComparison.Ordinal);
            }

            return Rewrite(text);
        }
    }

    /// <summary>The request as it stands on the wire.</summary>
    public byte[] ToBytes()
    {
        var text = BodyText;
        var body = Recode(Encoding.UTF8.GetBytes(text));
        var head = new StringBuilder($"{Method} {Url} HTTP/1.1\r\nHost: localhost\r\n");
        if (Actor.Key is { } key)
        {
            head.Append(CultureInfo.InvariantCulture, $"Authorization: Bearer {key}\r\n");
        }

        if ((Body is not null || body.Length > 0) && MediaType is not null)
        {
            head.Append(CultureInfo.InvariantCulture, $"Content-Type: {MediaType}\r\n");
        }

        foreach (var (name, value) in Headers)
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        if (body.Length > 0 || Method is not ("GET" or "HEAD"))
        {
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n");
        }

        head.Append("\r\n");
        return Reframe is null
            ? [.. Encoding.UTF8.GetBytes(head.ToString()), .. body]
            : Encoding.UTF8.GetBytes(Reframe(head + text));
    }

    /// <summary>One line that brings the request about again, as far as a shell can.</summary>
    public string ToCurl()
    {
        var parts = new List<string> { "curl -i --path-as-is -X", Method, Quote($"$BASE{Url}") };
        if (Actor.Key is not null)
        {
            parts.Add($"-H \"Authorization: Bearer ${Actor.Name.ToUpperInvariant()}\"");
        }

        if (Body is not null && MediaType is not null)
        {
            parts.Add($"-H {Quote($"Content-Type: {MediaType}")}");
        }

        parts.AddRange(Headers.Select(header => $"-H {Quote($"{header.Name}: {header.Value}")}"));
        if (BodyText is { Length: > 0 } body)
        {
            parts.Add($"--data-binary {Quote(body)}");
        }

        return $"{string.Join(' ', parts)} # {Operation.Id} by {Actor.Name}: {string.Join(", ", Mutations)}";
    }

    private static string Quote(string text)
    {
        var shown = string.Concat((text.Length > 700 ? $"{text[..700]}…({text.Length})" : text)
            .Select(c => char.IsControl(c) ? $"\\x{(int)c:x2}" : $"{c}"));
        return $"'{shown.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }
}
