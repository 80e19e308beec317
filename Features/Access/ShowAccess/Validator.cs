using FluentValidation;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

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
