using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace WorkspaceService.Fuzzing;

/// <summary>
/// What is done to a valid request. Of a value: another one in its place, as JSON text in a body and as plain text
/// elsewhere. Of a request: its body, its head, or the way it stands on the wire.
/// </summary>
internal static class Mutations
{
    private static readonly string[] Controls =
        ["\\u0000", "a\\u0000b", "\\u0007x", "\\u001b[31m", "a\\nb", "\\u202ex", "\\u200b", "\\ufeff"];

    private static readonly string[] Surrogates = ["\\ud800", "a\\udc00b", "\\ud83d", "\\udfff\\ud800"];

    private static readonly string[] Injections =
    [
        "' OR '1'='1", "'; DROP TABLE users; --", "<script>alert(1)</script>", "${jndi:ldap://localhost/a}", "{{7*7}}",
        "../../../etc/passwd", "=1+1", "%s%n", "$(id)", "*)(uid=*", "javascript:alert(1)", "\\r\\nX-Injected: 1",
    ];

    private static readonly string[] Unicode =
    [
        "İstanbul ıI", "ﬃ", "👩‍👩‍👧‍👦", "\u0301a", "\u202eabc", "ｆｕｌｌ", "\u00ad", "𝔘𝔫𝔦", "ß@example.com",
        "ünï@exämple.com", "\u3000", "а@example.com",
    ];

    private static readonly string[] Numbers =
    [
        "-1", "0", "-0", "1.5", "50.0", "1e2", "1E400", "-1e400", "1e-400", "2147483648", "9223372036854775807",
        "9223372036854775808", "99999999999999999999999999999999", "0.1234567890123456789", "01", "1.", ".5", "+1",
        "NaN", "Infinity", "0x10", "79228162514264337593543950336", "0.0000001",
    ];

    private static readonly string[] Times =
    [
        "2026-02-30T00:00:00Z", "2026-04-01", "2026-04-01T25:00:00Z", "2026-04-01T09:00:60Z", "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "2026-04-01T09:00:00",
        "2026-04-01T09:00:00+02:00", "2026-04-01t09:00:00z", "2026-04-01 09:00:00Z", "1969-12-31T23:59:59Z",
        "-0001-01-01T00:00:00Z", "+12026-04-01T09:00:00Z", "2026-04-01T09:00:00.1234567890123Z", "2026-W14-3T09:00:00Z",
        "1775034000", "now",
    ];

    /// <summary>Kinds of change of one value; null where a kind does not apply to it.</summary>
    public static readonly Dictionary<string, Func<Place, string?>> OfValues = new()
    {
        ["wrong type"] = place => place.Pick("true", "0", "1.5", "\"text\"", "[]", "{}", "[1]", "{\"a\":1}", "[null]"),
        ["null"] = _ => "null",
        ["empty"] = place => place.Pick("\"\"", "\" \"", "[]", "{}", "[\"\"]"),
        ["bounds"] = place => place.AtBound(),
        ["huge"] = place => place.Pick(
            Quoted(new string('x', 300)),
            Quoted(new string('x', 5_000)),
            Quoted(new string('ä', 70_000)),
            $"[{string.Join(',', Enumerable.Repeat("\"x\"", 1_001))}]",
            new string('9', 400),
            $"{{{string.Join(',', Enumerable.Range(0, 2_000).Select(n => $"\"m{n}\":{n}"))}}}"),
        ["control characters"] = place => $"\"{place.Pick(Controls)}\"",
        ["surrogates"] = place => $"\"{place.Pick(Surrogates)}\"",
        ["unicode"] = place => Quoted(place.Pick(Unicode)),
        ["nesting"] = place => Nested(place.Random.Next(2) == 0, place.PickOf(30, 31, 32, 33, 64, 300, 5_000)),
        ["duplicate"] = place => place.Valid is { } valid && place.IsMember
            ? $"{valid},\"{place.Name}\":{place.Pick(valid, "null", "1")}"
            : null,
        ["missing"] = place => place.IsMember || !place.IsInPath ? "" : null,
        ["odd number"] = place => place.Pick(Numbers),
        ["odd time"] = place => Quoted(place.Pick(Times)),
        ["injection"] = place => $"\"{place.Pick(Injections).Replace("\"", "\\\"", StringComparison.Ordinal)}\"",
        ["foreign id"] = place => place.World.ForeignIds.Count == 0 ? null
            : place.Name.Contains("email", StringComparison.Ordinal) ? Quoted(place.World.ForeignEmail)
            : place.PickForeign(),
        ["other id"] = place => place.PickId([.. place.World.Ids.Values]),
        ["other case"] = place => place.Valid is { Length: > 2 } valid && valid[0] == '"'
            ? place.Pick(valid.ToUpperInvariant(), valid.ToLowerInvariant(), $"\" {valid[1..]}", $"{valid[..^1]} \"")
            : null,
        ["another word"] = place => place.Words is { } words ? words[place.Random.Next(words.Count)] : null,
    };

    /// <summary>Kinds of change of a whole request; false where a kind does not apply to it.</summary>
    public static readonly Dictionary<string, Func<Draft, World, Random, bool>> OfRequests = new()
    {
        ["unknown member"] = (draft, _, random) =>
        {
            if (draft.Body is not JsonObject body)
            {
                return false;
            }

            body[random.Pick("surprise", "__proto__", "Name", "ID", "$ref", "", "a\u0000b", "constructor")] = 1;
            return true;
        },
        ["unknown parameter"] = (draft, _, random) =>
        {
            draft.Query.Add((random.Pick("surprise", "limt", "%00", "", "%ff", "a%20b", "limit[]"), "1"));
            return true;
        },
        ["repeated parameter"] = (draft, _, random) =>
        {
            if (draft.Query.Count == 0)
            {
                return false;
            }

            var (name, value) = draft.Query[random.Next(draft.Query.Count)];
            draft.Query.Add((random.Next(2) == 0 ? name : name.ToUpperInvariant(), value));
            return true;
        },
        ["encoding of the query"] = (draft, _, random) =>
        {
            var names = draft.Operation.Parameters.Where(parameter => parameter.In == "query")
                .Select(parameter => parameter.Name).ToArray();
            if (names.Length == 0)
            {
                return false;
            }

            var name = random.Pick(names);
            draft.Query.RemoveAll(part => part.Name == name);
            draft.Query.Add((name, random.Pick(
                "%00", "%ff", "%ED%A0%80", "%", "%zz", "+", "%2B", "%u0041", "%0d%0a", "%C0%80", "a%00b", "\"", "<",
                "|")));
            return true;
        },
        ["encoding of the path"] = (draft, _, random) =>
        {
            if (draft.Path.Count == 0)
            {
                return false;
            }

            var name = draft.Path.Keys.ElementAt(random.Next(draft.Path.Count));
            draft.Path[name] = random.Pick(
                "%00", "%ff", "%ED%A0%80", "%zz", "%", "%2f", "%2e%2e", "..", ".", "%0d%0aX-Injected:1", "a%00b",
                "%C0%AF",
                "\"", "<x>", "{x}", "x;y=1", "%E2%80%AE", "~", "*", new string('x', 3_000),
                draft.Path[name] + "%20", draft.Path[name] + "%00", draft.Path[name].ToLowerInvariant());
            draft.IsOfOperation = false;
            return true;
        },
        ["path"] = (draft, _, random) =>
        {
            var known = draft.Operation.Path.Split('{')[0];
            var other = random.Pick(
                known.ToUpperInvariant(), $"/{known}", $"{known.TrimEnd('/')}//", $"/v2{known}", $"{known}../",
                $"{known};x");
            draft.Reframe = text => text.Replace($" {known}", $" {other}", StringComparison.Ordinal);
            draft.IsOfOperation = false;
            return true;
        },
        ["method"] = (draft, _, random) =>
        {
            draft.Method = random.Pick(
                "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY", "get", "X");
            draft.IsOfOperation &= draft.Method == draft.Operation.Method;
            return true;
        },
        ["precondition"] = (draft, _, random) =>
        {
            draft.Headers.Add((random.Pick("If-Match", "If-None-Match"), random.Pick(
                "*", "\"1\"", "W/\"1\"", "\"1-x\"", "1", "", "\"", "\"a\", \"b\"", "\"\u00e9\"", new string('"', 500),
                "W/", ",")));
            return true;
        },
        ["idempotency"] = (draft, world, random) =>
        {
            draft.Headers.Add(("Idempotency-Key", random.Pick(
                "", new string('k', 255), new string('k', 256), "\u00e9", "a\tb", "one", world.Mark, " ",
                "\"quoted\"")));
            return true;
        },
        ["credentials"] = (draft, world, random) =>
        {
            var key = draft.Actor.Key ?? world.Mark;
            draft.Actor = draft.Actor with { Key = null };
            var basic = Convert.ToBase64String(
                Encoding.UTF8.GetBytes(random.Pick($"{key}:", $"{key}:x", key, ":", "")));
            draft.Headers.Add(random.Pick(
                ("Authorization", $"Basic {basic}"),
                ("Authorization", $"Basic {basic}!"),
                ("Authorization", $"bearer {key}"),
                ("Authorization", $"Bearer {key} "),
                ("Authorization", $"Bearer {key[..^1]}"),
                ("Authorization", $"Bearer  {key}"),
                ("Authorization", key),
                ("Authorization", "Bearer"),
                ("Authorization", $"Bearer {new string('k', 5_000)}"),
                ("Authorization", "Bearer \u00e9'"),
                ("Authorization", "Digest username=\"x\""),
                ("Authentication", $"Bearer {key}"),
                ("Authentication", key),
                ("X-Api-Key", key),
                ("Cookie", $"session={key}")));
            return true;
        },
        ["header"] = (draft, _, random) =>
        {
            draft.Headers.Add(random.Pick(
                ("X-Request-Id", random.Pick("", "a b", "\u00e9", new string('r', 200), "<x>", "ok-1")),
                ("Accept", random.Pick("", "text/html", "application/xml", "*/*;q=x", "application/vnd.x+json")),
                ("Accept-Encoding", random.Pick("gzip", "br", "zstd", "*;q=0")),
                ("Range", "bytes=0-1"),
                ("If-Modified-Since", "yesterday"),
                ("Origin", random.Pick("null", "https://evil.example.com")),
                ("X-HTTP-Method-Override", "DELETE"),
                ("X-Forwarded-For", "' OR 1=1"),
                ("Cache-Control", "no-cache"),
                ("Expect", random.Pick("100-continue", "x")),
                ("traceparent", random.Pick("00-0", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")),
                ("Last-Event-ID", random.Pick("0", "-1", "x", "99999999999999999999"))));
            return true;
        },
        ["media type"] = (draft, _, random) =>
        {
            if (draft.Body is null)
            {
                return false;
            }

            draft.MediaType = random.Pick(
                null, "text/plain", "application/xml", "application/json; charset=utf-16",
                "application/json; charset=\"UTF8\"",
                "application/json; charset=utf-7", "application/json; charset=", "multipart/form-data", "application",
                "application/merge-patch+json", "application/x-www-form-urlencoded", "*/*",
                "application/json, text/plain",
                "application/json;;", "APPLICATION/JSON", "application/problem+json", new string('a', 300) + "/b");
            return true;
        },
        ["coding"] = (draft, _, random) =>
        {
            if (draft.Body is null)
            {
                return false;
            }

            var (coding, recode) = random.Pick<(string, Func<byte[], byte[]>)>(
                ("gzip", Gzip), ("br", Brotli), ("deflate", Gzip), ("gzip", bytes => bytes), ("br", bytes => bytes),
                ("gzip", bytes => [.. Gzip(bytes).SkipLast(5)]), ("br", bytes => [.. Brotli(bytes).SkipLast(2)]),
                ("compress", bytes => bytes),
                ("gzip, br", bytes => bytes), ("identity", bytes => bytes), ("", bytes => bytes),
                ("gzip", _ => Gzip(new byte[3_000_000])), ("GZIP", Gzip));
            draft.Headers.Add(("Content-Encoding", coding));
            draft.Recode = recode;
            return true;
        },
        ["truncated body"] = (draft, _, random) =>
        {
            if (draft.Body is null)
            {
                return false;
            }

            var part = random.NextDouble();
            draft.Rewrite = text => text[..(int)(part * text.Length)];
            return true;
        },
        ["no JSON"] = (draft, _, random) =>
        {
            if (draft.Body is null)
            {
                return false;
            }

            draft.Rewrite = random.Pick<Func<string, string>>(
                _ => "", _ => "null", _ => "[]", _ => "1", _ => "\"text\"", text => $"[{text}]", text => $"{text},",
                text => $"{text}{text}", text => $"// x\n{text}", text => text.Replace('"', '\''),
                text => $"\ufeff{text}", text => $"{text}\0", text => $"\t\r\n {text}  ", Swap("}", ",}"),
                _ => new string('[', 20_000), _ => "{\"a\":" + new string('{', 100));
            return true;
        },
        ["no text"] = (draft, _, random) =>
        {
            if (draft.Body is null)
            {
                return false;
            }

            draft.Recode = random.Pick<Func<byte[], byte[]>>(
                bytes => [.. bytes.SkipLast(1), 0xff, (byte)'}'], bytes => [0xff, 0xfe, .. bytes],
                bytes => Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(bytes)), bytes => [0xc3, .. bytes],
                _ => [0xed, 0xa0, 0x80], _ => [0, 0, 0, 0]);
            return true;
        },
        ["too large"] = (draft, _, random) =>
        {
            if (draft.Body is null)
            {
                return false;
            }

            var size = random.Pick(1_048_576, 1_048_577, 1_100_000);
            draft.Rewrite = text => text + new string(' ', Math.Max(0, size - Encoding.UTF8.GetByteCount(text)));
            return true;
        },
        ["body where there is none"] = (draft, _, random) =>
        {
            if (draft.Operation.Body is not null)
            {
                return false;
            }

            var body = random.Pick("{}", "x", "null", "{\"name\":1}");
            draft.Rewrite = _ => body;
            return true;
        },
        ["framing"] = (draft, _, random) =>
        {
            var split = "\r\n\r\n";
            var part = random.NextDouble();
            draft.Reframe = random.Pick<Func<string, string>>(
                Swap("Content-Length: ", "Content-Length: 9"),
                Swap("Content-Length: ", "Content-Length: -"),
                Swap("Content-Length: ", "Content-Length: 1\r\nContent-Length: "),
                Swap("Content-Length: ", "Transfer-Encoding: chunked\r\nX: "),
                Swap("Content-Length: ", "Transfer-Encoding: chunked\r\nContent-Length: "),
                Swap("Content-Length: ", "Transfer-Encoding: gzip, x\r\nX: "),
                Swap(split, $"{split}ZZ\r\n"),
                Swap("Host: localhost\r\n", ""),
                Swap("Host: localhost", "Host: a\r\nHost: b"),
                Swap("Host: localhost", "Host: x y"),
                Swap("Host: localhost", "no colon"),
                Swap("Host: localhost", "Host: localhost\r\n folded: x"),
                Swap("Host: localhost", "Host: localhost\r\nA\0: x"),
                Swap("Host: localhost", $"Host: localhost\r\nX: {new string('x', 40_000)}"),
                Swap(" HTTP/1.1", $"?{new string('x', 10_000)} HTTP/1.1"),
                Swap("HTTP/1.1", "HTTP/1.0"),
                Swap("HTTP/1.1", "HTTP/x"),
                Swap("\r\n", "\n"),
                text => text[..(int)(part * text.Length)]);
            draft.IsOfOperation = false;
            return true;
        },
    };

    /// <summary>The text of a value for a path, a query or a header: without the quotes of a JSON string.</summary>
    public static string PlainText(string json)
    {
        if (json.Length < 2 || json[0] != '"')
        {
            return json;
        }

        try
        {
            return JsonNode.Parse(json)!.GetValue<string>();
        }
        catch (Exception noText) when (noText is JsonException or InvalidOperationException)
        {
            return json[1..^1];
        }
    }

    public static string Quoted(string text) => JsonSerializer.Serialize(text);

    public static T Pick<T>(this Random random, params T[] all) => all[random.Next(all.Length)];

    private static string Nested(bool ofArrays, int depth) => ofArrays
        ? new string('[', depth) + new string(']', depth)
        : string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth);

    private static Func<string, string> Swap(string part, string other) =>
        text => text.Replace(part, other, StringComparison.Ordinal);

    private static byte[] Gzip(byte[] bytes) =>
        Compress(bytes, stream => new GZipStream(stream, CompressionLevel.Fastest));

    private static byte[] Brotli(byte[] bytes) =>
        Compress(bytes, stream => new BrotliStream(stream, CompressionLevel.Fastest));

    private static byte[] Compress(byte[] bytes, Func<Stream, Stream> coder)
    {
        using var coded = new MemoryStream();
        using (var stream = coder(coded))
        {
            stream.Write(bytes);
        }

        return coded.ToArray();
    }
}

/// <summary>Where a value is changed, and what its schema says of it.</summary>
/// <param name="Name">Of the parameter or the member; empty for an item of a list.</param>
/// <param name="Schema">Of the value.</param>
/// <param name="Valid">JSON text that the service takes there; null where none is known.</param>
/// <param name="IsMember">It is a member of an object in the body.</param>
/// <param name="IsInPath">It cannot be left out.</param>
internal sealed record Place(
    string Name, JsonNode Schema, string? Valid, bool IsMember, bool IsInPath, World World, Random Random)
{
    /// <summary>The words of a closed set, as JSON.</summary>
    public List<string>? Words => Schema["enum"]?.AsArray().Select(word => word?.ToJsonString() ?? "null").ToList();

    public string Pick(params string[] all) => Random.Pick(all);

    public int PickOf(params int[] all) => Random.Pick(all);

    public string PickForeign() => PickId([.. World.ForeignIds]);

    /// <summary>One of these codes, as a number where the schema wants one.</summary>
    public string PickId(string[] codes)
    {
        var code = Random.Pick(codes);
        var isNumber = $"{Schema["type"]?.ToJsonString()}".Contains("integer", StringComparison.Ordinal);
        return !isNumber ? Mutations.Quoted(code)
            : code.Contains('-', StringComparison.Ordinal) ? World.NumberOf(code)
            : "1";
    }

    /// <summary>A value at one of the schema's limits, or one beyond it; null where it has none.</summary>
    public string? AtBound()
    {
        var step = Random.Next(-1, 2);
        var bounds = new List<Func<string>>();
        Add("minLength", n => Mutations.Quoted(new string('a', (int)Math.Max(n + step, 0))));
        Add("maxLength", n => Mutations.Quoted(new string('a', (int)Math.Max(n + step, 0))));
        Add("minimum", n => Text(n + step));
        Add("maximum", n => Text(n + step));
        Add("minItems", n => Items(n + step));
        Add("maxItems", n => Items(n + step));
        Add("maxProperties", n => $"{{{string.Join(
            ',', Enumerable.Range(0, (int)n + step).Select(i => $"\"m{i}\":{i}"))}}}");
        return bounds.Count == 0 ? null : Random.Pick([.. bounds])();

        void Add(string keyword, Func<decimal, string> value)
        {
            if (Schema[keyword] is { } bound && (decimal)bound is var limit && limit <= 1_000_000_000_000_000_000m)
            {
                bounds.Add(() => value(limit));
            }
        }

        string Items(decimal count) => $"[{string.Join(',', Enumerable.Repeat(
            Valid is { Length: > 2 } list && list[0] == '[' ? list[1..^1] : "\"a\"", (int)Math.Max(count, 0)))}]";

        static string Text(decimal number) => number.ToString(CultureInfo.InvariantCulture);
    }
}
