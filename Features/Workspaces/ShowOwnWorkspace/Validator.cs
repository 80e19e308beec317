using FluentValidation;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Features.Workspaces;

public static partial class ShowOwnWorkspace
{
    private sealed class Validator : AbstractValidator<Query>
    {
        public Validator()
        {
            RuleFor(q => q.SortBy).OneOf("name", "email", "workspace_role");
            RuleFor(q => q.SortTo).OneOf("asc", "desc");
        }
    }
}
