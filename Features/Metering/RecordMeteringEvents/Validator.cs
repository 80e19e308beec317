using FluentValidation;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Features.Metering;

public static partial class RecordMeteringEvents
{
    private const int MostInOneBatch = 500;

    private sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Events).NotEmpty().WithMessage("Give the events.")
                .AtMost(MostInOneBatch)
                .WithErrorCode("too_long").WithMessage($"Give at most {MostInOneBatch} events in one batch.");
        }
    }
}
