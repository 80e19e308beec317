using FluentValidation;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Features.Workspaces;

public static partial class UpdateWorkspace
{
    private sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Patch.Name.Value).Name().When(c => c.Patch.Name.IsGiven);
            RuleFor(c => c.Patch.Slug.Value).NotNull().WithMessage("Give a slug.")
                .Slug().When(c => c.Patch.Slug.IsGiven);
            RuleFor(c => c.Patch.Type.Value).NotNull().WithMessage("Name the type.")
                .OneOf(WorkspaceSettings.Types).When(c => c.Patch.Type.IsGiven);
            RuleFor(c => c.Patch.Description.Value).Lines(2000);
            RuleFor(c => c.Patch.Settings.Value).Settings();
            RuleFor(c => c.Patch.SeatLimit.Value)
                .InclusiveBetween(1, int.MaxValue).WithMessage("Give at least 1 seat, or null for no limit.");
            RuleFor(c => c.Patch.Status.Value).NotNull().WithMessage("Name the status.")
                .OneOf(WorkspaceLifecycle.Statuses).When(c => c.Patch.Status.IsGiven);
        }
    }
}
