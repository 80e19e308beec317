using FluentValidation;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Features.Users;

public static partial class ListUserWorkspaces
{
    private sealed class Validator : AbstractValidator<Query>
    {
        public Validator()
        {
            RuleFor(q => q.Status).OneOf(WorkspaceLifecycle.Statuses);
            RuleFor(q => q.Limit).Limit();
        }
    }
}
