using System.Text.Json;
using System.Text.RegularExpressions;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Json;

/// <summary>Converts a <see cref="JsonException"/> about a wrong type into an error with a JSON pointer.</summary>
public static partial class JsonErrors
{
    /// <summary>The error; null where the text is not JSON.</summary>
    public static FieldError? Of(JsonException exception)
    {
        if (exception.InnerException is JsonException || exception.Path is null)
        {
            return null;
        }

        var pointer = PathStep().Replace(
            exception.Path.TrimStart('$'),
            match => "/" + Escape(match.Groups.Values.Skip(1).First(g => g.Success).Value));
        return UnmappedMember().Match(exception.Message) is { Success: true } unmapped
            ? new(EndsWith(pointer, unmapped.Groups[1].Value), "unknown_member", "There is no such member here.")
            : DuplicateMember().Match(exception.Message) is { Success: true } duplicate
            ? new(EndsWith(pointer, duplicate.Groups[1].Value), "duplicate_member", "This member is given twice.")
            : new(pointer, "wrong_type", exception.Message.StartsWith("Must be", StringComparison.Ordinal)
                ? exception.Message
                : "The value is of the wrong type or out of range.");
    }

    private static string EndsWith(string pointer, string member) =>
        pointer.EndsWith("/" + Escape(member), StringComparison.Ordinal) ? pointer : $"{pointer}/{Escape(member)}";

    // RFC 6901, section 3.
    private static string Escape(string name) =>
        name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    [GeneratedRegex(@"\.([^.\[]+)|\['(.*?)'\]|\[(\d+)\]")]
    private static partial Regex PathStep();

    [GeneratedRegex("^The JSON property '(.*)' could not be mapped")]
    private static partial Regex UnmappedMember();

    [GeneratedRegex("^Duplicate property '(.*)' encountered")]
    private static partial Regex DuplicateMember();
}
