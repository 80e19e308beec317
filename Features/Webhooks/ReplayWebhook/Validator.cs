using FluentValidation;

namespace WorkspaceService.Features.Webhooks;

public static partial class ReplayWebhook
{
    private sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.After).NotNull()
                .WithMessage("Give the sequence after which events are sent again; 0 for all.");
            RuleFor(c => c.After).GreaterThanOrEqualTo(0).WithErrorCode("out_of_range")
                .WithMessage("Give a sequence, or 0 for the beginning.");
            RuleFor(c => c.Before).GreaterThan(c => c.After).When(c => c.After is not null)
                .WithErrorCode("out_of_range").WithMessage("Must be greater than after.");
        }
    }
}
