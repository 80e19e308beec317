using System.Collections.Concurrent;
using System.Reflection;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Pipeline;

/// <summary>
/// The organization and the workspace that a message names, where its validator refuses it before anything is looked
/// for. Whether the caller may see them is found out when the refusal is logged.
/// </summary>
internal static class NamedTarget
{
    private static readonly ConcurrentDictionary<Type, (PropertyInfo? Caller, PropertyInfo?[] Names)> Known = new();

    public static void Note(object message)
    {
        var (caller, names) = Known.GetOrAdd(message.GetType(), type => (
            type.GetProperty("Caller"),
            [
                type.GetProperty("OrganizationId") ?? type.GetProperty("Organization"),
                type.GetProperty("WorkspaceId") ?? type.GetProperty("Workspace"),
            ]));
        (caller?.GetValue(message) as Caller)?.Names(
            names[0]?.GetValue(message) as string, names[1]?.GetValue(message) as string);
    }
}
