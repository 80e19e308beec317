using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace WorkspaceService.Infrastructure.OpenApi;

/// <summary>
/// Reads the compiler's XML documentation file beside the assembly. Without the file descriptions are missing and
/// nothing fails.
/// </summary>
internal sealed partial class Documentation
{
    private readonly FrozenDictionary<string, XElement> _members;

    private Documentation(IEnumerable<XElement> members) =>
        _members = members.ToFrozenDictionary(member => member.Attribute("name")!.Value);

    public static Documentation Read()
    {
        var file = Path.ChangeExtension(typeof(Documentation).Assembly.Location, ".xml");
        return new(File.Exists(file) ? XDocument.Load(file).Descendants("member") : []);
    }

    /// <summary>
    /// The summary of the outermost type around <paramref name="method"/>: for an endpoint's method, the slice.
    /// </summary>
    public string? OfSlice(MethodInfo method) => SummaryOf(Outermost(method.DeclaringType!));

    public string? SummaryOf(Type type) => Text(Find(type)?.Element("summary"));

    /// <summary>The summary of a property, or the text of its record's parameter.</summary>
    public string? Of(PropertyInfo property)
    {
        var type = property.DeclaringType!;
        return Text(_members.GetValueOrDefault($"P:{NameOf(type)}.{property.Name}")?.Element("summary"))
            ?? Of(type, property.Name);
    }

    /// <summary>The text of a record's parameter.</summary>
    public string? Of(Type record, string parameter) => Text(ParameterOf(Find(record), parameter));

    /// <summary>The text of an endpoint method's parameter.</summary>
    public string? Of(MethodInfo method, string parameter)
    {
        var name = $"M:{NameOf(method.DeclaringType!)}.{method.Name}(";
        var member = _members.FirstOrDefault(m => m.Key.StartsWith(name, StringComparison.Ordinal)).Value;
        return Text(ParameterOf(member, parameter));
    }

    /// <summary>The JSON of a type's <c>&lt;example&gt;</c>.</summary>
    public JsonNode? ExampleOf(Type type) =>
        Find(type)?.Element("example")?.Value is { } json ? JsonNode.Parse(json) : null;

    public static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    private static XElement? ParameterOf(XElement? member, string parameter) =>
        member?.Elements("param").FirstOrDefault(p =>
            string.Equals(p.Attribute("name")?.Value, parameter, StringComparison.OrdinalIgnoreCase));

    private XElement? Find(Type type) => _members.GetValueOrDefault($"T:{NameOf(type)}");

    private static string NameOf(Type type) =>
        (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!.Replace('+', '.');

    private static string? Text(XElement? element)
    {
        if (element is null)
        {
            return null;
        }

        var text = string.Concat(element.Nodes().Select(node => node switch
        {
            XElement { Name.LocalName: "see" or "seealso" } see =>
                Code(Wire(see.Attribute("cref")?.Value ?? see.Attribute("langword")?.Value ?? see.Value)),
            XElement { Name.LocalName: "paramref" } parameter => Code(Wire(parameter.Attribute("name")!.Value)),
            XElement { Name.LocalName: "c" } code => Code(code.Value),
            XElement other => other.Value,
            XText plain => plain.Value,
            _ => "",
        }));

        text = RuleNumbers().Replace(Space().Replace(text, " "), "").Trim();
        return text.Length == 0 ? null : text;
    }

    private static string Code(string text) => $"`{text}`";

    private static string Wire(string reference) =>
        JsonNamingPolicy.SnakeCaseLower.ConvertName(reference[(reference.LastIndexOfAny(['.', ':']) + 1)..]);

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();

    // Rule numbers, "(R15)" and "R12: ", are for readers of the source and removed from the document.
    [GeneratedRegex(@"\s*\(R\d+(?:, R\d+)*\)|\bR\d+: ")]
    private static partial Regex RuleNumbers();
}
