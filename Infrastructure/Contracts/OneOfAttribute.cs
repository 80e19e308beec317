using System.Reflection;

namespace WorkspaceService.Infrastructure.Contracts;

/// <summary>
/// Declares a property's closed set of values for the OpenAPI document: the words themselves, or the static field that
/// has them. Not validation: request members need a validator, which the document reads too.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OneOfAttribute : Attribute
{
    public OneOfAttribute(params string[] words) => Words = words;

    /// <param name="holder">The type with the field.</param>
    /// <param name="field">Its public static field of type string[].</param>
    public OneOfAttribute(Type holder, string field) =>
        Words = (string[])holder.GetField(field, BindingFlags.Static | BindingFlags.Public)!.GetValue(null)!;

    public IReadOnlyList<string> Words { get; }
}
