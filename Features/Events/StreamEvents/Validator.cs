using FluentValidation;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Features.Events;

public static partial class StreamEvents
{
    private sealed class Validator : AbstractValidator<Query>
    {
        public Validator()
        {
            RuleFor(q => q.Type).EventType();
            RuleFor(q => q.ActorId).FilterText();
            RuleFor(q => q.From).Time();
            RuleFor(q => q.To).Time();
            RuleFor(q => q.To)
                .Must((q, _) => TimeOf(q.From) is not { } from || TimeOf(q.To) is not { } to || from <= to)
                .WithMessage("must not lie before from.");
        }
    }
}
