using FluentValidation;
using WorkspaceService.Infrastructure.Domain;

namespace WorkspaceService.Features.Metering;

public static partial class ShowUsage
{
    private sealed class Validator : AbstractValidator<Query>
    {
        public Validator()
        {
            RuleFor(q => q.From).Must(from => from is null || Day.Parse(from) is not null)
                .WithMessage("must be a day such as 2026-04-01.");
            RuleFor(q => q.To).Must(to => to is null || Day.Parse(to) is not null)
                .WithMessage("must be a day such as 2026-04-01.");
        }
    }
}
