using FluentValidation;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Features.Organizations;

public static partial class CreateOrganization
{
    private sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Name).Name();
            RuleFor(c => c.Slug).Slug();
            RuleFor(c => c.BillingEmail).Email();
            RuleFor(c => c.OwnerId).NotEmpty().WithMessage("Name the user who will own it.");
            RuleFor(c => c.Status).OneOf(OrganizationSettings.Statuses);
            RuleFor(c => c.PlanId).Line(100);
            RuleFor(c => c.SubscriptionStatus).OneOf(OrganizationSettings.SubscriptionStatuses);
            RuleFor(c => c.Limits!).ChildRules(limits =>
            {
                limits.RuleFor(l => l.Workspaces).PlanLimit();
                limits.RuleFor(l => l.Members).PlanLimit();
                limits.RuleFor(l => l.ActiveServiceLines).PlanLimit();
            }).When(c => c.Limits is not null);
            RuleFor(c => c.Settings).MeaningfulSettings();
        }
    }
}
