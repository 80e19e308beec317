using System.Text.RegularExpressions;
using FluentValidation;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Features.Events;

public static partial class ListEvents
{
    [GeneratedRegex(@"^[a-z_]{1,50}\.[a-z_]{1,50}\z")]
    private static partial Regex TypeForm();

    private sealed class Validator : AbstractValidator<Query>
    {
        public Validator()
        {
            RuleFor(q => q.Type).Matches(TypeForm()).WithMessage("must be domain.action, such as workspace.created.");
            RuleFor(q => q.ActorId).FilterText();
            RuleFor(q => q.From).Time();
            RuleFor(q => q.To).Time();
            RuleFor(q => q.To)
                .Must((q, _) => TimeOf(q.From) is not { } from || TimeOf(q.To) is not { } to || from <= to)
                .WithMessage("must not lie before from.");
            RuleFor(q => q.Limit).Limit();
        }
    }
}
