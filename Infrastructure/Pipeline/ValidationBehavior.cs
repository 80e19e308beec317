using System.Text;
using System.Text.Json;
using FluentValidation;
using FluentValidation.Results;
using MediatR;

namespace WorkspaceService.Infrastructure.Pipeline;

/// <summary>Runs a message's validator before its handler, on every surface.</summary>
public sealed class ValidationBehavior<TRequest, TResponse>(IEnumerable<IValidator<TRequest>> validators)
    : IPipelineBehavior<TRequest, TResponse>
    where TRequest : notnull
    where TResponse : IOutcome<TResponse>
{
    private readonly IValidator<TRequest>[] _validators = [.. validators];

    public Task<TResponse> Handle(
        TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next)
    {
        foreach (var validator in _validators)
        {
            var result = validator.Validate(request);
            if (!result.IsValid)
            {
                NamedTarget.Note(request);
                return Task.FromResult(TResponse.Failed(
                    request is IReads ? Parameter(result.Errors[0]) : Body(result.Errors)));
            }
        }

        return next();
    }

    private static Fault Parameter(ValidationFailure failure) =>
        Fault.Parameter(JsonNamingPolicy.SnakeCaseLower.ConvertName(failure.PropertyName), failure.ErrorMessage);

    private static Fault Body(List<ValidationFailure> failures) =>
        Fault.Invalid(
            [.. failures.Select(f => new FieldError(Pointer(f.PropertyName), Code(f.ErrorCode), f.ErrorMessage))]);

    // Settings.Value["x"] and Checks[3].Role become /settings/x and /checks/3/role. ".Value" comes from Optional<T>,
    // "Patch." from commands that carry a merge patch.
    private static string Pointer(string property)
    {
        var pointer = new StringBuilder();
        foreach (var part in property.Split(['.', '[', ']'], StringSplitOptions.RemoveEmptyEntries)
            .Where(p => p is not ("Value" or "Patch")))
        {
            pointer.Append('/').Append(JsonNamingPolicy.SnakeCaseLower.ConvertName(part));
        }

        return pointer.ToString();
    }

    // Maps FluentValidation's error codes to those of the service; codes that a rule sets are kept.
    private static string Code(string code) => code switch
    {
        "NotNullValidator" or "NotEmptyValidator" => "required",
        "MaximumLengthValidator" => "too_long",
        "MinimumLengthValidator" => "too_short",
        "RegularExpressionValidator" or "EmailValidator" => "wrong_form",
        "InclusiveBetweenValidator" or "GreaterThanOrEqualValidator" or "GreaterThanValidator"
            or "LessThanOrEqualValidator" or "LessThanValidator" => "out_of_range",
        "PredicateValidator" => "not_allowed",
        _ => code,
    };
}
