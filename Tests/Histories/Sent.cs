using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace WorkspaceService.Histories;

/// <summary>A request with its answer, and what the model makes of it.</summary>
internal sealed partial record Sent(Command Command, Credential Who, Call Call)
{
    private string _text = "";

    public int Status { get; private set; }

    public bool IsSuccess => Status == Command.Success;

    /// <summary>The answer in the words of its surface: the status, and the code where there is one.</summary>
    public string Words { get; private set; } = "";

    /// <summary>What a read that succeeded shows; null for everything else.</summary>
    public string? Shown { get; private set; }

    /// <summary>The codes of new things, in the order of the answer.</summary>
    public IReadOnlyList<string> Made { get; private set; } = [];

    /// <summary>Codes of invitations that the answer does not name, by workspace and address.</summary>
    public Dictionary<string, List<string>> Invitations { get; } = [];

    /// <summary>The texts of tokens, with the invitation's code.</summary>
    public IReadOnlyList<(string Code, string Text)> Tokens { get; private set; } = [];

    /// <summary>The text of a key, with the key's code.</summary>
    public (string Code, string Text)? Key { get; private set; }

    /// <summary>The codes of the keys and invitations of which the answer has a text.</summary>
    public IEnumerable<string> Secrets =>
        Key is var (key, _) ? Tokens.Select(token => token.Code).Append(key) : Tokens.Select(token => token.Code);

    public string Url(IReadOnlyDictionary<Token, string> tokens)
    {
        var ids = new Queue<object?>(Call.Ids);
        var path = Parameter().Replace(Command.Pattern, _ => TextOf(ids.Dequeue(), tokens));
        return path + string.Concat(ids);
    }

    public void Answered(int status, string text)
    {
        (Status, _text) = (status, text);
        var answer = text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
        Words = IsSuccess || Command.IsV4 ? $"{status}"
            : $"{status} {answer.GetProperty(Command.IsTape ? "error_code" : "code").GetString()}";
        if (!IsSuccess || text.Length == 0)
        {
            return;
        }

        Shown = Call.Shown?.Invoke(answer);
        ReadMade(answer);
    }

    /// <summary>What the model answers in <paramref name="world"/>, and the world after it.</summary>
    /// <param name="before">The world in which the caller is looked at; null for the same.</param>
    public (string Words, string? Shown, World After) On(World world, World? before = null)
    {
        var after = world.Copy();
        var made = Made.Select(code => WithYear(code, world.Now)).GroupBy(KindOf)
            .ToDictionary(kind => kind.Key, kind => new Queue<string>(kind));
        var invited = Invitations.ToDictionary(i => i.Key, i => new Queue<string>(i.Value));
        var model = new Model(after, before ?? after, Who, Mint);
        try
        {
            model.Authenticate();
            if (Command.IsTape)
            {
                model.RefuseRootOnTape();
            }

            var shown = Call.Rule(model);
            return ($"{Command.Success}", Call.Shown is null ? null : shown, after);
        }
        catch (Refusal refusal)
        {
            return (WordsOf(refusal.Code), null, world.Copy());
        }

        string Mint(string what) =>
            made.TryGetValue(what.Split(' ')[0], out var codes) && codes.TryDequeue(out var code) ? code
            : invited.TryGetValue(what, out var unnamed) && unnamed.TryDequeue(out var invitation) ? invitation
            : $"new {what}-0";
    }

    public override string ToString()
    {
        var who = Who.Text == 0 ? Who.Key : $"{Who.Key} in text {Who.Text}";
        var body = Call.Body is null ? "" : $" {JsonSerializer.Serialize(Call.Body)}";
        var url = Url(new Dictionary<Token, string>());
        return $"{who}: {Command.Name} {Command.Method} {url}{body} → {Words} {Shown}".TrimEnd();
    }

    private static string TextOf(object? id, IReadOnlyDictionary<Token, string> tokens) => id is Token token
        ? tokens.GetValueOrDefault(token) ?? $"{token.Invitation}-{token.Number}"
        : Convert.ToString(id, CultureInfo.InvariantCulture)!;

    // Section 6: Tape knows neither 410 nor 422, and answers 409 for every known address. Section 7: V4 has no codes.
    private string WordsOf(string code)
    {
        var status = Refusal.StatusOf(code);
        if (Command.IsV4)
        {
            return $"{status}";
        }

        return !Command.IsTape ? $"{status} {code}" : (code == "invitation_required" ? 409 : status) switch
        {
            401 => "401 dev_api_authentication",
            403 => "403 restricted_resource",
            404 or 410 => "404 not_found",
            409 => "409 conflict_error",
            _ => "400 validation",
        };
    }

    private void ReadMade(JsonElement answer)
    {
        var made = new List<string>();
        var tokens = new List<(string, string)>();
        if (Command.IsTape)
        {
            // Numbers only; the rest of a code is the year.
            foreach (var (member, prefix) in new[] { ("workspace_id", "WS"), ("user_id", "USR") })
            {
                if (answer.TryGetProperty(member, out var number))
                {
                    made.Add($"{prefix}-#-{number}");
                }
            }
        }
        else if (answer.TryGetProperty("data", out var data))
        {
            foreach (var each in data.ValueKind == JsonValueKind.Array ? data.EnumerateArray().ToArray() : [data])
            {
                var thing = each.TryGetProperty("invitation", out var invitation) ? invitation : each;
                if (thing.ValueKind != JsonValueKind.Object)
                {
                    continue;
                }

                foreach (var member in new[] { "id", "user_id" })
                {
                    if (thing.TryGetProperty(member, out var id) && id.GetString() is { } code)
                    {
                        made.Add(code);
                    }
                }

                if (thing.TryGetProperty("token", out var token) && token.GetString() is { } text)
                {
                    tokens.Add((thing.GetProperty("id").GetString()!, text));
                }

                if (thing.TryGetProperty("key", out var key) && key.GetString() is { } keyText)
                {
                    Key = (thing.GetProperty("id").GetString()!, keyText);
                }
            }
        }

        (Made, Tokens) = (made, tokens);
    }

    private static string WithYear(string code, DateTimeOffset now) =>
        code.Split("-#-") is not [var prefix, var number] ? code : string.Create(
            CultureInfo.InvariantCulture,
            $"{prefix}-{now.Year % 100:D2}-{long.Parse(number, CultureInfo.InvariantCulture):D6}");

    private static string KindOf(string code) => code.Split('-', '_')[0] switch
    {
        "ORG" => "organization",
        "USR" => "user",
        "WS" => "workspace",
        "LIN" => "service_line",
        "INT" => "integration",
        "INV" => "invitation",
        "JRQ" => "join_request",
        "key" => "api_key",
        var other => other,
    };

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Parameter();
}
