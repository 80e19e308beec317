using FluentValidation;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Domain;

/// <summary>The valid values of a service line's fields.</summary>
public static class ServiceLineRules
{
    public static readonly string[] ProductLines =
        ["talent", "managed_services", "ods", "infrastructure", "intelligence", "agent_gateway"];

    public static readonly string[] ExecutionModels =
        ["capacity", "ongoing_sla", "timeboxed_outcome", "infra_managed", "observability", "agent_runtime"];

    public static readonly string[] BillingModels =
    [
        "monthly_retainer", "milestone", "usage_based", "seat_based", "time_and_materials", "subscription",
        "fixed_scope",
        "usage_plus_subscription",
    ];

    public static readonly Fault EndsBeforeStart =
        Fault.Invalid("/ends_at", "out_of_range", "The end may not come before the start.");

    /// <summary>At most 50 labels of 1–100 characters each, when given.</summary>
    public static IRuleBuilderOptions<T, IReadOnlyList<string>?> ProjectTags<T>(
        this IRuleBuilder<T, IReadOnlyList<string>?> rule) =>
        rule.Must(tags => tags is null || (tags.Count <= 50 && tags.All(IsLabel)))
            .WithErrorCode("not_allowed").WithMessage("Give at most 50 tags of 1 to 100 characters each.");

    /// <summary>The id of a subscription in another system, 1–100 characters, when given.</summary>
    public static IRuleBuilderOptions<T, string?> SubscriptionId<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Must(value => value is null || IsLabel(value))
            .WithErrorCode("wrong_form").WithMessage("Give 1 to 100 characters, or null for none.");

    private static bool IsLabel(string? text) =>
        text is not null && PlainText.IsLine(text) && PlainText.IsVisible(text)
            && PlainText.LengthOf(text.Trim()) <= 100;
}
