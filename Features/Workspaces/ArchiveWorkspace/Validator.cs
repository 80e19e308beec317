using FluentValidation;

namespace WorkspaceService.Features.Workspaces;

public static partial class ArchiveWorkspace
{
    private sealed class Validator : AbstractValidator<Command>
    {
        public Validator() => RuleFor(c => c.Workspace).NotNull().WithMessage("Name the workspace.");
    }
}
