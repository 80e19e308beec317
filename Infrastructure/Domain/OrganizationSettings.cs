using System.Text.Json.Nodes;
using FluentValidation;
using FluentValidation.Results;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Domain;

/// <summary>
/// The valid statuses, limits and settings of an organization; unknown settings are kept as given.
/// </summary>
public static class OrganizationSettings
{
    public const string Active = "active";

    public static readonly string[] Statuses = [Active, "suspended", "cancelled"];

    public static readonly string[] SubscriptionStatuses = ["trialing", "active", "past_due", "cancelled"];

    private static readonly JsonObject Defaults = new() { ["workspace_role_ceiling"] = true };

    /// <summary>
    /// The settings after a merge patch (RFC 7396); a deleted known setting returns to its default.
    /// </summary>
    public static JsonObject Merge(JsonObject? current, JsonObject? patch) =>
        MergePatch.Apply(Defaults, MergePatch.Apply(current ?? [], patch ?? []));

    /// <summary>True where a workspace role may not outrank the organization role (R5).</summary>
    public static bool HasCeiling(JsonObject settings) => settings["workspace_role_ceiling"]!.GetValue<bool>();

    /// <summary>At most 16 KB, with known settings of the right type, when given.</summary>
    public static void MeaningfulSettings<T>(this IRuleBuilder<T, JsonObject?> rule) =>
        rule.SmallObject().Custom((settings, context) =>
        {
            if (settings?["workspace_role_ceiling"] is { } ceiling
                && !(ceiling is JsonValue value && value.TryGetValue<bool>(out _)))
            {
                context.AddFailure(
                    new ValidationFailure($"{context.PropertyPath}.workspace_role_ceiling", "Must be true or false.")
                    {
                        ErrorCode = "wrong_type",
                    });
            }
        });
}
