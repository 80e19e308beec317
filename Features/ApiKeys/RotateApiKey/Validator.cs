using FluentValidation;

namespace WorkspaceService.Features.ApiKeys;

public static partial class RotateApiKey
{
    private const long MostOverlapSeconds = 7 * 24 * 60 * 60;

    private sealed class Validator : AbstractValidator<Command>
    {
        public Validator() => RuleFor(c => c.OverlapSeconds).InclusiveBetween(0, MostOverlapSeconds)
            .WithMessage($"Give 0 to {MostOverlapSeconds} seconds, which is seven days.");
    }
}
