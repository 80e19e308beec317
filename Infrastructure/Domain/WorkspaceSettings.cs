using System.Text.Json.Nodes;
using FluentValidation;
using FluentValidation.Results;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Domain;

/// <summary>The valid types and settings of a workspace; unknown settings are kept as given.</summary>
public static class WorkspaceSettings
{
    public const string Private = "private";
    public const string Closed = "closed";
    public const string Open = "open";
    public const string Default = "default";

    public static readonly string[] Types = [Private, Closed, Open, Default];

    private static readonly JsonObject Defaults = new()
    {
        ["default_currency"] = "USD",
        ["require_task_service_line"] = false,
    };

    /// <summary>
    /// The settings after a merge patch (RFC 7396); a deleted known setting returns to its default.
    /// </summary>
    public static JsonObject Merge(JsonObject? current, JsonObject? patch) =>
        MergePatch.Apply(Defaults, MergePatch.Apply(current ?? [], patch ?? []));

    public static string CurrencyOf(JsonObject settings) => settings["default_currency"]!.GetValue<string>();

    /// <summary>At most 16 KB, with known settings of the right type, when given.</summary>
    public static void Settings<T>(this IRuleBuilder<T, JsonObject?> rule) =>
        rule.SmallObject().Custom((settings, context) =>
        {
            if (settings?["default_currency"] is { } currency && !IsCurrency(currency))
            {
                AddError(context, "default_currency", "wrong_form", "Must be a current code of ISO 4217, such as USD.");
            }

            if (settings?["require_task_service_line"] is { } require
                && !(require is JsonValue value && value.TryGetValue<bool>(out _)))
            {
                AddError(context, "require_task_service_line", "wrong_type", "Must be true or false.");
            }
        });

    private static void AddError<T>(ValidationContext<T> context, string setting, string code, string message) =>
        context.AddFailure(new ValidationFailure($"{context.PropertyPath}.{setting}", message) { ErrorCode = code });

    private static bool IsCurrency(JsonNode node) =>
        node is JsonValue value && value.TryGetValue<string>(out var code) && Currencies.All.Contains(code);
}
