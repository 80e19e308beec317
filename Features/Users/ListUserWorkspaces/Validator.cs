using FluentValidation;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Features.Users;

public static partial class ListUserWorkspaces
{
    private sealed class Validator : AbstractValidator<Query>
    {
        public Validator()
        {
            RuleFor(q => q.Status).OneOf("active", "archived");
            RuleFor(q => q.Limit).Limit();
        }
    }
}
