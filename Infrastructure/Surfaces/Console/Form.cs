using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MediatR;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Surfaces.Console;

/// <summary>
/// What a form holds: empty or filled from what is stored when it is shown, what was typed when it is sent. Where the
/// service refuses it, it is shown again with what was typed and the service's message beside the field: a field is
/// named as its JSON pointer without the first slash, such as <c>settings/default_currency</c>.
/// </summary>
public sealed class Form
{
    private readonly Dictionary<string, IReadOnlyList<string>> _values;
    private const string StaleForm =
        "Somebody has changed this since you opened the page. What you typed is kept: send it again to overwrite.";

    private const string StaleButton =
        "Somebody has changed this since you opened the page. Look at it again, and do it if it still fits.";

    internal const string OnceField = "__once";

    private readonly List<FieldError> _unreadable = [];
    private Idempotency? _once;
    private string? _claimed;

    private Form(Dictionary<string, IReadOnlyList<string>> values) => _values = values;

    /// <summary>Why it was refused; null where it was not.</summary>
    public Fault? Fault { get; private set; }

    /// <summary>
    /// What was typed into a field or chosen in it, without the space around it; null for nothing. Beside choices a
    /// hidden field of their name, left empty, says that there was a choice.
    /// </summary>
    public string? this[string name] => _values.TryGetValue(name, out var values)
        ? values.Select(value => value.Trim()).FirstOrDefault(text => text.Length > 0)
        : null;

    /// <summary>All that was chosen in a field of several values.</summary>
    public IReadOnlyList<string> All(string name) =>
        _values.TryGetValue(name, out var values) ? [.. values.Where(value => value.Length > 0)] : [];

    public bool IsChecked(string name) => _values.ContainsKey(name);

    /// <summary>True where the form that was sent has the field at all, empty or not.</summary>
    public bool Has(string name) => _values.ContainsKey(name);

    /// <summary>The field as a member of a merge patch: absent where the form has no such field.</summary>
    public Optional<string?> Given(string name) => Has(name) ? this[name] : default(Optional<string?>);

    /// <summary>A whole number; one that cannot be read refuses the form.</summary>
    public long? Number(string name)
    {
        var text = this[name];
        if (text is null || long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
        {
            return text is null ? null : long.Parse(text, CultureInfo.InvariantCulture);
        }

        _unreadable.Add(new("/" + name, "wrong_form", "Give a whole number."));
        return null;
    }

    /// <summary>A day, which begins at midnight in UTC; one that cannot be read refuses the form.</summary>
    public DateTimeOffset? Date(string name)
    {
        if (this[name] is not { } text)
        {
            return null;
        }

        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
        }

        _unreadable.Add(new("/" + name, "wrong_form", "Give a day such as 2026-04-30."));
        return null;
    }

    /// <summary>The texts of several lines; empty ones do not count.</summary>
    public IReadOnlyList<string> Lines(string name) =>
        this[name]?.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    /// <summary>A JSON object; null for nothing typed. Any other text refuses the form.</summary>
    public JsonObject? Json(string name)
    {
        if (this[name] is not { } text)
        {
            return null;
        }

        try
        {
            if (JsonNode.Parse(text) is JsonObject read)
            {
                _ = read.Count; // a name that is there twice is only seen now
                return read;
            }

            _unreadable.Add(new("/" + name, "wrong_form", """Give a JSON object, such as { "org": "apex" }."""));
        }
        catch (JsonException unreadable)
        {
            var line = (unreadable.LineNumber ?? 0) + 1;
            var character = (unreadable.BytePositionInLine ?? 0) + 1;
            _unreadable.Add(new(
                "/" + name,
                "wrong_form",
                $"This is not JSON: it cannot be read from line {line}, character {character} on."));
        }
        catch (ArgumentException)
        {
            _unreadable.Add(new("/" + name, "wrong_form", "A name stands twice in it. Give each name once."));
        }

        return null;
    }

    /// <summary>The version of what was shown, which the write requires.</summary>
    public Precondition IfMatch => Precondition.Of(Number("version"));

    /// <summary>
    /// Sends what was typed, unless some of it could not be read. The same form that is sent again is answered as it
    /// was, where it says so (<see cref="OnceField"/>).
    /// </summary>
    public async Task<Outcome<T>> SendAsync<T>(IMediator mediator, IMessage<T> message, CancellationToken ct)
    {
        Idempotency.Current = _once; // for this message alone: the context of an async method ends with it
        return _unreadable.Count > 0 ? Fault.Invalid(_unreadable) : await mediator.Send(message, ct);
    }

    /// <param name="about">Codes of faults that are about a field whose name does not tell it.</param>
    public Form Refused(Fault fault, params (string Code, string Field)[] about)
    {
        Fault = fault;
        _claimed = about.FirstOrDefault(pair => pair.Code == fault.Code).Field;
        return this;
    }

    /// <summary>
    /// The message about one field: of an error at its pointer, or of a fault whose code begins with its name, as
    /// <c>slug_taken</c> does with slug.
    /// </summary>
    public string? ErrorOf(string name)
    {
        if (Fault is null)
        {
            return null;
        }

        if (Fault.Errors.Count > 0)
        {
            var own = Fault.Errors.Where(error => error.Pointer == "/" + name
                || error.Pointer.StartsWith($"/{name}/", StringComparison.Ordinal));
            return string.Join(' ', own.Select(error => error.Message).Distinct()) is { Length: > 0 } messages
                ? messages
                : null;
        }

        return _claimed == name || (_claimed is null && Fault.Code.StartsWith(name + "_", StringComparison.Ordinal))
            ? Fault.Message
            : null;
    }

    /// <summary>What is to be said above the fields: what none of them says.</summary>
    public IReadOnlyList<string> Summary =>
        Fault is null ? []
        : Fault == Faults.PreconditionFailed ? [_values.Keys.Any(IsTyped) ? StaleForm : StaleButton]
        : Fault.Errors.Count == 0
            ? [_values.Keys.Any(name => ErrorOf(name) is not null) ? "Nothing was changed; see below." : Fault.Message]
        : [
            "Nothing was changed; see below.",
            .. Fault.Errors
                .Where(error => !_values.Keys.Any(name => error.Pointer == "/" + name
                    || error.Pointer.StartsWith($"/{name}/", StringComparison.Ordinal)))
                .Select(error => $"{error.Pointer.TrimStart('/')}: {error.Message}"),
        ];

    // A button sends what it stands on, and nothing of the reader's.
    private static bool IsTyped(string name) => name != "version" && !name.StartsWith("__", StringComparison.Ordinal);

    /// <summary>A form that has not been sent.</summary>
    /// <param name="values">What stands in it; null and blank are left empty.</param>
    public static Form Of(params ReadOnlySpan<(string Name, object? Value)> values)
    {
        var texts = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var (name, value) in values)
        {
            if (value is IReadOnlyList<string> several)
            {
                texts[name] = several;
            }
            else if (Convert.ToString(value, CultureInfo.InvariantCulture) is { Length: > 0 } text)
            {
                texts[name] = [text];
            }
        }

        return new Form(texts.Where(pair => pair.Value.Count > 0).ToDictionary());
    }

    /// <summary>Reads what was sent; texts that no database can store are refused.</summary>
    public static async ValueTask<Form> BindAsync(HttpContext http)
    {
        var sent = http.Request.HasFormContentType
            ? await http.Request.ReadFormAsync(http.RequestAborted)
            : FormCollection.Empty;
        var form = new Form(sent.ToDictionary(
            pair => pair.Key,
            pair => (IReadOnlyList<string>)[.. pair.Value.Select(value => (value ?? "").ReplaceLineEndings("\n"))]));
        form._once = OnceOf(http, form);
        foreach (var (name, values) in form._values)
        {
            if (!values.All(value => JsonConventions.IsText(value)))
            {
                form._unreadable.Add(new("/" + name, "wrong_form", "Use characters that can be stored."));
            }
        }

        return form;
    }

    // What was corrected and sent again is another form.
    private static Idempotency? OnceOf(HttpContext http, Form form)
    {
        if (!form.Has(OnceField) || http.Features.Get<Caller>() is not { } caller)
        {
            return null;
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(http.Request.Path + http.Request.QueryString);
        foreach (var (name, values) in form._values.Where(pair => pair.Key == OnceField || IsTyped(pair.Key)))
        {
            Add(name);
            foreach (var value in values)
            {
                Add(value);
            }
        }

        var content = Convert.ToHexStringLower(hash.GetHashAndReset());
        return new Idempotency(caller, "form " + content, content, Surface.Of(http.Request).KeyOf(http)!);

        void Add(string text)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(text));
            hash.AppendData([0]);
        }
    }
}
