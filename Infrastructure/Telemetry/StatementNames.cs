using System.Collections.Concurrent;
using System.Reflection;

namespace WorkspaceService.Infrastructure.Telemetry;

/// <summary>
/// The name of a statement is that of its constant, such as <c>AddMember.FindCandidate</c>.
/// </summary>
internal static class StatementNames
{
    private static readonly ConcurrentDictionary<string, string> Derived = new(StringComparer.Ordinal);

    private static readonly Lazy<Dictionary<string, string>> Constants = new(ReadConstants);

    /// <summary>Looks for the constants, now and not within the first trace.</summary>
    public static void Load() => _ = Constants.Value;

    /// <summary>The statement's name; for one that is no constant its first word, such as <c>COMMIT</c>.</summary>
    public static string Of(string sql) =>
        Constants.Value.TryGetValue(sql, out var name) ? name
        : Derived.TryGetValue(sql, out var original) ? Of(original)
        : sql.Split(' ', 2)[0];

    /// <summary>A text that is made of a constant has the constant's name.</summary>
    public static void Add(string derived, string original) => Derived[derived] = original;

    // Equal texts cannot be told apart: such a statement has all their names.
    private static Dictionary<string, string> ReadConstants()
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var type in Assembly.GetExecutingAssembly().GetTypes()
            .Where(type => type is { Name: "Sql", DeclaringType: not null })
            .OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            foreach (var field in type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
                .Where(field => field.IsLiteral))
            {
                var text = (string)field.GetRawConstantValue()!;
                var name = $"{type.DeclaringType!.Name}.{field.Name}";
                names[text] = names.TryGetValue(text, out var same) ? $"{same}|{name}" : name;
            }
        }

        return names;
    }
}
