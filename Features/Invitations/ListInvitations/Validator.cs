using FluentValidation;
using WorkspaceService.Infrastructure.Pipeline;
using Life = WorkspaceService.Infrastructure.Domain.Invitations;

namespace WorkspaceService.Features.Invitations;

public static partial class ListInvitations
{
    private sealed class Validator : AbstractValidator<Query>
    {
        public Validator()
        {
            RuleFor(q => q.Status).OneOf(Life.Statuses);
            RuleFor(q => q.Q).FilterText();
            RuleFor(q => q.Limit).Limit();
        }
    }
}
