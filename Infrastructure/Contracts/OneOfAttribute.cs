using System.Reflection;

namespace WorkspaceService.Infrastructure.Contracts;

/// <summary>
/// Says that a member is one of a closed set of words, to whoever describes the service: the words themselves, or the
/// field that holds them, where a rule knows them too. What comes in is judged by validators, which say so by
/// themselves.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OneOfAttribute : Attribute
{
    public OneOfAttribute(params string[] words) => Words = words;

    /// <param name="holder">The type that knows the words.</param>
    /// <param name="field">Its static field that holds them.</param>
    public OneOfAttribute(Type holder, string field) =>
        Words = (string[])holder.GetField(field, BindingFlags.Static | BindingFlags.Public)!.GetValue(null)!;

    public IReadOnlyList<string> Words { get; }
}
