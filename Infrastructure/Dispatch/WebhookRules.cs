using FluentValidation;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Dispatch;

/// <summary>The rules of what a caller gives for a webhook.</summary>
public static class WebhookRules
{
    public const int MostPatterns = 100;

    /// <summary>
    /// An absolute https URL, without user information, to what may be a public address; looser in development.
    /// </summary>
    public static IRuleBuilderOptionsConditions<T, string?> WebhookUrl<T>(
        this IRuleBuilder<T, string?> rule, WebhookSettings settings) =>
        rule.Custom((value, context) =>
        {
            var fault = FaultOf(value, settings);
            if (fault is var (code, message))
            {
                context.AddFailure(new FluentValidation.Results.ValidationFailure(context.PropertyPath, message)
                {
                    ErrorCode = code,
                });
            }
        });

    /// <summary>Which events are sent: at least one pattern.</summary>
    public static IRuleBuilderOptions<T, IReadOnlyList<string>?> EventPatterns<T>(
        this IRuleBuilder<T, IReadOnlyList<string>?> rule) =>
        rule.NotEmpty().WithMessage("Name the events, or * for all.")
            .AtMost(MostPatterns)
            .WithErrorCode("too_long").WithMessage($"Name at most {MostPatterns}.");

    /// <summary>A secret is made by the service.</summary>
    public static IRuleBuilderOptions<T, string?> NoSecret<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Null().WithErrorCode("not_allowed").WithMessage("The service makes the secret, and shows it once.");

    /// <summary>A pattern that matches at least one type of event.</summary>
    public static IRuleBuilderOptions<T, string?> EventPattern<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Must(value => value is not null && EventTypes.IsPattern(value))
            .WithErrorCode("not_allowed")
            .WithMessage("No event has this type; give *, the types of a domain such as member.*, or one type such as "
                + "workspace.archived.");

    private static (string Code, string Message)? FaultOf(string? value, WebhookSettings settings) =>
        string.IsNullOrEmpty(value) ? ("required", "Give the address that events are to be sent to.")
        : PlainText.LengthOf(value) > 2000 ? ("too_long", "Use at most 2000 characters.")
        : !PlainText.IsLine(value) || value.Any(char.IsWhiteSpace)
            || !Uri.TryCreate(value, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https")
            || url.Host.Length == 0
            ? ("wrong_form", "Give an address such as https://hooks.example.com/workspaces.")
        : url.Scheme == "http" && !settings.AllowHttp
            ? ("not_allowed", "Use https: what is sent over http can be read on its way.")
        : url.UserInfo.Length > 0
            ? ("not_allowed", "Leave out user name and password; deliveries are signed instead.")
        : !settings.AllowPrivateNetworks && !PublicAddress.MayInclude(url)
            ? ("not_allowed", "Give a public address; nothing is sent to private networks.")
        : null;
}
