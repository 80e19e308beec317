using FluentValidation;

namespace WorkspaceService.Features.Metering;

public static partial class ReportHealth
{
    private sealed class Validator : AbstractValidator<Command>
    {
        public Validator() =>
            RuleFor(c => c.Score).NotNull().WithMessage("Give the score.")
                .InclusiveBetween(0, 100).WithMessage("Must be a whole number from 0 to 100.");
    }
}
