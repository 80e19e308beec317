using FluentValidation;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Features.Members;

public static partial class ChangeMemberRole
{
    private sealed class Validator : AbstractValidator<Command>
    {
        public Validator() =>
            RuleFor(c => c.Role.Value).NotEmpty()
                .WithMessage("Name the role.").OneOf(Roles.OfWorkspace).When(c => c.Role.IsGiven);
    }
}
