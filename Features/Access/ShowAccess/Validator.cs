using FluentValidation;
using WorkspaceService.Infrastructure;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Access;

public static partial class ShowAccess
{
    private sealed class Validator : AbstractValidator<Query>
    {
        public Validator()
        {
            RuleFor(q => q.UserId).NotEmpty().WithMessage("is required.").UserCode();
            RuleFor(q => q.Role).NotEmpty().WithMessage("is required.").OneOf(Roles.OfWorkspace);
        }
    }
}
