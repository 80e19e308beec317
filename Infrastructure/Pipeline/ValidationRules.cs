using System.Text;
using System.Text.Json.Nodes;
using FluentValidation;
using FluentValidation.Validators;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Json;

namespace WorkspaceService.Infrastructure.Pipeline;

/// <summary>The rules that several validators share.</summary>
public static class ValidationRules
{
    public const int MaxSettingsBytes = 16 * 1024;

    /// <summary>A display name: one line of 1–120 characters, at least one of which is visible.</summary>
    public static IRuleBuilderOptions<T, string?> Name<T>(this IRuleBuilder<T, string?> rule) =>
        rule.NotEmpty().WithMessage("Give a name.").Line(120)
            .Must(value => string.IsNullOrWhiteSpace(value) || PlainText.IsVisible(value))
            .WithErrorCode("required").WithMessage("Give a name in which something is visible.");

    /// <summary>One line of at most <paramref name="most"/> characters, when given.</summary>
    public static IRuleBuilderOptions<T, string?> Line<T>(this IRuleBuilder<T, string?> rule, int most) =>
        rule.AtMost(most).Must(value => value is null || PlainText.IsLine(value))
            .WithErrorCode("wrong_form").WithMessage("Give one line of text, without control characters.");

    /// <summary>
    /// Text of at most <paramref name="most"/> characters, when given; line feeds and tabs are its only control
    /// characters.
    /// </summary>
    public static IRuleBuilderOptions<T, string?> Lines<T>(this IRuleBuilder<T, string?> rule, int most) =>
        rule.AtMost(most).Must(value => value is null || PlainText.IsLines(value))
            .WithErrorCode("wrong_form").WithMessage("Use no control characters but line feeds and tabs.");

    // One rule with one message, of which the API document shows the length.
    private static IRuleBuilderOptions<T, string?> Text<T>(
        this IRuleBuilder<T, string?> rule, int least, int most, Func<string, bool> isRight) =>
        rule.SetValidator(new TextValidator<T>(least, most, isRight));

    /// <summary>A list of at most <paramref name="most"/> items, when given.</summary>
    public static IRuleBuilderOptions<T, IReadOnlyList<TItem>?> AtMost<T, TItem>(
        this IRuleBuilder<T, IReadOnlyList<TItem>?> rule, int most) =>
        rule.SetValidator(new CountValidator<T, TItem>(most));

    private static IRuleBuilderOptions<T, string?> AtMost<T>(this IRuleBuilder<T, string?> rule, int most) =>
        rule.SetValidator(new LengthValidator<T>(most)).WithMessage($"Use at most {most} characters.");

    /// <summary>One of a closed set of words, when given.</summary>
    public static IRuleBuilderOptions<T, string?> OneOf<T>(
        this IRuleBuilder<T, string?> rule, params string[] allowed) =>
        rule.SetValidator(new OneOfValidator<T>(allowed))
            .WithErrorCode("not_allowed").WithMessage($"Must be one of: {string.Join(", ", allowed)}.");

    /// <summary>How many of something an organization may have; null for no limit.</summary>
    public static IRuleBuilderOptions<T, long?> PlanLimit<T>(this IRuleBuilder<T, long?> rule) =>
        rule.GreaterThanOrEqualTo(0).WithMessage("Give 0 or more, or null for no limit.");

    public static IRuleBuilderOptions<T, string?> Slug<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Matches(Domain.Slug.Form()).WithErrorCode("wrong_form").WithMessage(Domain.Slug.Rule);

    /// <summary>
    /// An e-mail address, when given: at most 254 characters, no white space, a domain with a dot
    /// (<see cref="EmailAddress"/>).
    /// </summary>
    public static IRuleBuilderOptions<T, string?> Email<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Text(0, EmailAddress.MaxGivenLength, value => EmailAddress.Normalize(value) is not null)
            .WithErrorCode("wrong_form").WithMessage("Must be an e-mail address such as sam@example.com.");

    /// <summary>An absolute http or https URL of at most 2000 characters, when given.</summary>
    public static IRuleBuilderOptions<T, string?> WebAddress<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Text(0, 2000, value => PlainText.IsLine(value)
                && Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
            .WithErrorCode("wrong_form").WithMessage("Must be an http or https address of at most 2000 characters.");

    /// <summary>A user's code, when given; checks the form only.</summary>
    public static IRuleBuilderOptions<T, string?> UserCode<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Must(value => string.IsNullOrEmpty(value) || Codes.Is(Codes.User, value))
            .WithErrorCode("wrong_form").WithMessage("must be the id of a user, such as USR-26-000044.");

    /// <summary>
    /// A search or filter text, when given: 1 to <paramref name="most"/> characters that both databases can store.
    /// </summary>
    public static IRuleBuilderOptions<T, string?> FilterText<T>(this IRuleBuilder<T, string?> rule, int most = 200) =>
        rule.Text(1, most, value => JsonConventions.IsText(value))
            .WithMessage($"must be 1 to {most} characters of text.");

    /// <summary>A time of a filter, when given (RFC 3339).</summary>
    public static IRuleBuilderOptions<T, string?> Time<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Must(value => value is null || JsonConventions.TryTime(value, out _))
            .WithMessage("must be a time such as 2026-04-01T09:00:00Z.");

    /// <summary>The type of an event, when given; checks the form only.</summary>
    public static IRuleBuilderOptions<T, string?> EventType<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Matches(@"^[a-z_]{1,50}\.[a-z_]{1,50}\z")
            .WithMessage("must be domain.action, such as workspace.created.");

    /// <summary>The maximum of rows in a page: 1–100.</summary>
    public static IRuleBuilderOptions<T, int> Limit<T>(this IRuleBuilder<T, int> rule) =>
        rule.InclusiveBetween(1, 100).WithMessage("must be between 1 and 100.");

    /// <summary>A free-form object of at most 16 KB, when given.</summary>
    public static IRuleBuilderOptions<T, JsonObject?> SmallObject<T>(this IRuleBuilder<T, JsonObject?> rule) =>
        rule.Must(value => value is null || IsSmall(value))
            .WithErrorCode("too_long").WithMessage("Use at most 16 KB in all.");

    public static bool IsSmall(JsonObject value) =>
        Encoding.UTF8.GetByteCount(value.ToJsonString(JsonConventions.Strict)) <= MaxSettingsBytes;
}

/// <summary>A rule with a closed set of values, which the OpenAPI document shows as an enum.</summary>
public interface IOneOf
{
    IReadOnlyList<string> Allowed { get; }
}

/// <summary>At most so many Unicode scalar values, which is what JSON Schema counts too.</summary>
internal sealed class LengthValidator<T>(int most) : PropertyValidator<T, string?>, ILengthValidator
{
    public override string Name => "MaximumLengthValidator";

    public int Min => 0;

    public int Max => most;

    public override bool IsValid(ValidationContext<T> context, string? value) =>
        value is null || PlainText.LengthOf(value) <= most;
}

/// <summary>A text of a length and a form.</summary>
internal sealed class TextValidator<T>(int least, int most, Func<string, bool> isRight)
    : PropertyValidator<T, string?>, ILengthValidator
{
    // The name tells a failure's default code; such a text is refused as one that a predicate refuses.
    public override string Name => "PredicateValidator";

    public int Min => least;

    public int Max => most;

    public override bool IsValid(ValidationContext<T> context, string? value) =>
        value is null
        || (PlainText.LengthOf(value) is var length && length >= least && length <= most && isRight(value));
}

/// <summary>A rule with a greatest number of items, which the OpenAPI document shows.</summary>
public interface IAtMost
{
    int Most { get; }
}

internal sealed class CountValidator<T, TItem>(int most) : PropertyValidator<T, IReadOnlyList<TItem>?>, IAtMost
{
    public override string Name => "CountValidator";

    public int Most => most;

    public override bool IsValid(ValidationContext<T> context, IReadOnlyList<TItem>? value) =>
        value is null || value.Count <= most;
}

internal sealed class OneOfValidator<T>(string[] allowed) : PropertyValidator<T, string?>, IOneOf
{
    public override string Name => "OneOfValidator";

    public IReadOnlyList<string> Allowed => allowed;

    public override bool IsValid(ValidationContext<T> context, string? value) =>
        value is null || allowed.Contains(value);
}
