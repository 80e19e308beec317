using FluentValidation;

namespace WorkspaceService.Features.Metering;

public static partial class RecordMeteringEvents
{
    private const int MostInOneBatch = 500;

    private sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Events).NotEmpty().WithMessage("Give the events.")
                .Must(events => events is null || events.Count <= MostInOneBatch)
                .WithErrorCode("too_long").WithMessage($"Give at most {MostInOneBatch} events in one batch.");
        }
    }
}
