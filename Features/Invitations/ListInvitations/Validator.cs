using FluentValidation;
using WorkspaceService.Infrastructure;
using Life = WorkspaceService.Infrastructure.Invitations;

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
