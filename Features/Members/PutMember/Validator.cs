using FluentValidation;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Features.Members;

public static partial class PutMember
{
    private sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.UserId).NotNull().WithMessage("Name the user.");
            RuleFor(c => c.Role).NotEmpty().WithMessage("Name the role.").OneOf(Roles.OfWorkspace);
        }
    }
}
