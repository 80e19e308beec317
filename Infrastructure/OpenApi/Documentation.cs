using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace WorkspaceService.Infrastructure.OpenApi;

/// <summary>
/// What the source says about itself: the compiler's documentation file, which lies beside the assembly. Read when the
/// document is made, once; without the file there are fewer descriptions and nothing else is missing.
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
    /// The summary of the outermost type that <paramref name="method"/> stands in: of the slice, for an endpoint's.
    /// </summary>
    public string? OfSlice(MethodInfo method) => SummaryOf(Outermost(method.DeclaringType!));

    public string? SummaryOf(Type type) => Text(Find(type)?.Element("summary"));

    /// <summary>The summary of a property, or what its record says of the parameter that it comes from.</summary>
    public string? Of(PropertyInfo property)
    {
        var type = property.DeclaringType!;
        return Text(_members.GetValueOrDefault($"P:{NameOf(type)}.{property.Name}")?.Element("summary"))
            ?? Of(type, property.Name);
    }

    /// <summary>What a record says of the parameter that one of its properties comes from.</summary>
    public string? Of(Type record, string parameter) => Text(ParameterOf(Find(record), parameter));

    /// <summary>What the method that handles a request says of its parameter.</summary>
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

    // "(R15)" and "R12: " lead readers of the source to the rule; readers of the document have only the sentence.
    [GeneratedRegex(@"\s*\(R\d+(?:, R\d+)*\)|\bR\d+: ")]
    private static partial Regex RuleNumbers();
}
