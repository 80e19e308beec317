using FluentValidation;

namespace WorkspaceService.Features.Members;

public static partial class RemoveMember
{
    private sealed class Validator : AbstractValidator<Command>
    {
        // Nothing to validate: both come from the path, and an unknown number is the empty string, which is no code.
        public Validator()
        {
            RuleFor(c => c.Workspace).NotNull().WithMessage("Name the workspace.");
            RuleFor(c => c.User).NotNull().WithMessage("Name the user.");
        }
    }
}
