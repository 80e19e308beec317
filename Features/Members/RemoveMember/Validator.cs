using FluentValidation;

namespace WorkspaceService.Features.Members;

public static partial class RemoveMember
{
    private sealed class Validator : AbstractValidator<Command>
    {
        // Every surface takes both from its path. A number that names nothing is the empty text, which is nobody's
        // code.
        public Validator()
        {
            RuleFor(c => c.Workspace).NotNull().WithMessage("Name the workspace.");
            RuleFor(c => c.User).NotNull().WithMessage("Name the user.");
        }
    }
}
