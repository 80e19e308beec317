using FluentValidation;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Features.Invitations;

public static partial class ListInvitations
{
    private sealed class Validator : AbstractValidator<Query>
    {
        public Validator()
        {
            RuleFor(q => q.Status).OneOf(InvitationLifecycle.Statuses);
            RuleFor(q => q.Q).FilterText();
            RuleFor(q => q.Id).FilterText();
            RuleFor(q => q.Limit).Limit();
        }
    }
}
