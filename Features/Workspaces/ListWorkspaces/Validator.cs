using FluentValidation;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Features.Workspaces;

public static partial class ListWorkspaces
{
    private sealed class Validator : AbstractValidator<Query>
    {
        public Validator()
        {
            RuleFor(q => q.Status).OneOf(WorkspaceLifecycle.Statuses);
            RuleFor(q => q.Type).OneOf(WorkspaceSettings.Types);
            RuleFor(q => q.Slug).FilterText();
            RuleFor(q => q.Q).FilterText();
            RuleFor(q => q.Sort).OneOf([.. Order.Names]);
            RuleFor(q => q.Limit).Limit();
        }
    }
}
