using FluentValidation;

namespace WorkspaceService.Features.Members;

public static partial class AssignWorkspaceRole
{
    private sealed class Validator : AbstractValidator<Command>
    {
        public Validator() =>
            RuleFor(c => c.WorkspaceRoleId).NotNull().WithMessage("Name the role: 1, 2 or 3.")
                .InclusiveBetween(OwnerRole, MemberRole)
                .WithMessage("Must be one of: 1, 2, 3.");
    }
}
