using FluentValidation;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Features.JoinRequests;

public static partial class ListJoinRequests
{
    private sealed class Validator : AbstractValidator<Query>
    {
        public Validator()
        {
            RuleFor(q => q.Status).OneOf(JoinRequestLifecycle.Statuses);
            RuleFor(q => q.Id).FilterText();
            RuleFor(q => q.Limit).Limit();
        }
    }
}
