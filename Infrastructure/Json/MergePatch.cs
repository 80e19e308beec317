using System.Text.Json.Nodes;

namespace WorkspaceService.Infrastructure.Json;

/// <summary>RFC 7396: members merge recursively, null deletes, everything else replaces.</summary>
public static class MergePatch
{
    public static JsonObject Apply(JsonObject target, JsonObject patch)
    {
        var merged = (JsonObject)target.DeepClone();
        foreach (var (name, value) in patch)
        {
            switch (value)
            {
                case null:
                    merged.Remove(name);
                    break;
                case JsonObject inner:
                    merged[name] = Apply(merged[name] as JsonObject ?? [], inner);
                    break;
                default:
                    merged[name] = value.DeepClone();
                    break;
            }
        }

        return merged;
    }

    /// <summary>
    /// The patch that turns <paramref name="before"/> into <paramref name="after"/>, in which a null is as good as
    /// nothing.
    /// </summary>
    public static JsonObject Between(JsonObject before, JsonObject after)
    {
        var patch = new JsonObject();
        foreach (var (name, _) in before.Where(member => after[member.Key] is null))
        {
            patch[name] = null;
        }

        foreach (var (name, value) in after.Where(member => !JsonNode.DeepEquals(member.Value, before[member.Key])))
        {
            patch[name] = value is JsonObject inner && before[name] is JsonObject outer
                ? Between(outer, inner)
                : value?.DeepClone();
        }

        return patch;
    }
}
