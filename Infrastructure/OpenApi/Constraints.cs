using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FluentValidation;
using FluentValidation.Validators;
using MediatR;
using Microsoft.OpenApi;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.OpenApi;

/// <summary>
/// The rules of a slice's validator as JSON Schema keywords, per member of its message. Conditional rules are omitted,
/// except those of merge patches, whose condition is that the member is given.
/// </summary>
internal sealed class Constraints
{
    public static readonly Constraints None = new();

    /// <summary>The slice's message; null for none.</summary>
    public Type? Message { get; private init; }

    private readonly Dictionary<string, List<(IPropertyValidator Rule, bool OfItems)>> _rules = [];

    // Of the slice's other messages: one body may be either, and demands only what all of them do.
    private IReadOnlyList<Constraints> _others = [];

    /// <summary>The constraints on the message of the slice that <paramref name="endpoint"/> belongs to.</summary>
    public static Constraints Of(Type endpoint, IServiceProvider services)
    {
        var slice = Documentation.Outermost(endpoint);
        var message = slice.GetNestedType("Command") ?? slice.GetNestedType("Query");
        if (message is null)
        {
            return None;
        }

        var others = slice.GetNestedTypes().Where(type => type != message && type.IsAssignableTo(typeof(IBaseRequest)));
        var constraints = OfMessage(message, services);
        constraints._others = [.. others.Select(other => OfMessage(other, services))];
        return constraints;
    }

    private static Constraints OfMessage(Type message, IServiceProvider services)
    {
        var constraints = new Constraints { Message = message };
        if (services.GetService(typeof(IValidator<>).MakeGenericType(message)) is not IValidator validator)
        {
            return constraints;
        }

        foreach (var rule in validator.CreateDescriptor().Rules)
        {
            var path = rule.PropertyName?.Split('.') ?? [];
            path = path is ["Patch", ..] ? path[1..] : path;
            var whenGiven = path is [_, "Value"];
            if (path is not [_] && !whenGiven)
            {
                continue;
            }

            var ofItems = rule.GetType().GetInterfaces()
                .Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(ICollectionRule<,>));
            foreach (var component in rule.Components.Where(c => whenGiven || !c.HasCondition))
            {
                constraints.On(path[0]).Add((component.Validator, ofItems));
            }
        }

        return constraints;
    }

    /// <summary>True where the member is required and not null.</summary>
    public bool Requires(string member) => Demands(member) && _others.All(other => other.Demands(member));

    private bool Demands(string member) =>
        Rules(member).Any(r => r is { Rule: INotEmptyValidator or INotNullValidator, OfItems: false });

    /// <summary>Adds the rules of <paramref name="member"/> to <paramref name="schema"/>.</summary>
    public void Narrow(string member, OpenApiSchema schema)
    {
        foreach (var (rule, ofItems) in Rules(member))
        {
            Narrow(rule, ofItems ? schema.Items as OpenApiSchema : schema);
        }
    }

    /// <summary>Allows <paramref name="words"/> and nothing else, but for null where that is allowed.</summary>
    public static void Close(OpenApiSchema schema, IEnumerable<string> words)
    {
        schema.Enum = [.. words.Select(word => (JsonNode)word)];
        if (schema.Type?.HasFlag(JsonSchemaType.Null) == true)
        {
            schema.Enum.Add(JsonNullSentinel.JsonNull);
        }
    }

    // JSON names and C# names of the same member have the same key.
    private static string Key(string member) => JsonNamingPolicy.SnakeCaseLower.ConvertName(member);

    private static void Narrow(IPropertyValidator rule, OpenApiSchema? schema)
    {
        switch (rule)
        {
            case null:
            case var _ when schema is null:
                break;
            case IOneOf one:
                Close(schema, one.Allowed);
                break;
            case INotEmptyValidator when schema.Type == JsonSchemaType.String:
                schema.MinLength = Math.Max(schema.MinLength ?? 0, 1);
                break;
            case IAtMost list:
                schema.MaxItems = list.Most;
                break;
            case ILengthValidator length:
                schema.MinLength = length.Min > 0 ? length.Min : schema.MinLength;
                schema.MaxLength = length.Max > 0 ? length.Max : schema.MaxLength;
                break;
            case IRegularExpressionValidator { Expression: { } pattern }:
                schema.Pattern = pattern.Replace("\\z", "$", StringComparison.Ordinal); // as ECMA-262 spells it
                break;
            case IBetweenValidator between:
                schema.Minimum = Text(between.From);
                schema.Maximum = Text(between.To);
                break;
            case IComparisonValidator { Comparison: Comparison.GreaterThanOrEqual, ValueToCompare: { } least }:
                schema.Minimum = Text(least);
                break;
            case IComparisonValidator { Comparison: Comparison.LessThanOrEqual, ValueToCompare: { } most }:
                schema.Maximum = Text(most);
                break;
        }
    }

    private static string? Text(object bound) =>
        bound is IEnumerable or DateTimeOffset ? null : Convert.ToString(bound, CultureInfo.InvariantCulture);

    private List<(IPropertyValidator Rule, bool OfItems)> Rules(string member) =>
        _rules.GetValueOrDefault(Key(member)) ?? [];

    private List<(IPropertyValidator Rule, bool OfItems)> On(string member) =>
        _rules.TryGetValue(Key(member), out var rules) ? rules : _rules[Key(member)] = [];
}
