using FluentValidation;

namespace WorkspaceService.Features.Metering;

public static partial class ShowDailyCost
{
    private sealed class Validator : AbstractValidator<Query>
    {
        public Validator() =>
            RuleFor(q => q.Month).Must(month => month is null || FirstOf(month) is not null)
                .WithMessage("must be a month such as 2026-04.");
    }
}
