using FluentValidation;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Features.Workspaces;

public static partial class CreateWorkspace
{
    private sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.OrganizationId).NotEmpty().WithMessage("Name the organization.");
            RuleFor(c => c.Name).Name();
            RuleFor(c => c.Slug).Slug();
            RuleFor(c => c.Type).OneOf(WorkspaceSettings.Types);
            RuleFor(c => c.Description).Lines(2000);
            RuleFor(c => c.Settings).Settings();
            RuleFor(c => c.SeatLimit)
                .InclusiveBetween(1, int.MaxValue).WithMessage("Give at least 1 seat, or null for no limit.");
        }
    }
}
