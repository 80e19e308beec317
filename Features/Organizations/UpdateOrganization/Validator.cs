using FluentValidation;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Features.Organizations;

public static partial class UpdateOrganization
{
    private sealed class Validator : AbstractValidator<Command>
    {
        private const string Required = "It cannot be without one.";

        public Validator()
        {
            RuleFor(c => c.Patch.Name.Value).Name().When(c => c.Patch.Name.IsGiven);
            RuleFor(c => c.Patch.Slug.Value).NotNull().WithMessage(Required).Slug().When(c => c.Patch.Slug.IsGiven);
            RuleFor(c => c.Patch.BillingEmail.Value).Email();
            RuleFor(c => c.Patch.Settings.Value).MeaningfulSettings();
            RuleFor(c => c.Patch.Status.Value).NotNull().WithMessage(Required)
                .OneOf(OrganizationSettings.Statuses).When(c => c.Patch.Status.IsGiven);
            RuleFor(c => c.Patch.PlanId.Value).Line(100);
            RuleFor(c => c.Patch.SubscriptionStatus.Value).NotNull().WithMessage(Required)
                .OneOf(OrganizationSettings.SubscriptionStatuses).When(c => c.Patch.SubscriptionStatus.IsGiven);
            RuleFor(c => c.Patch.Limits.Value!).ChildRules(limits =>
            {
                limits.RuleFor(l => l.Workspaces.Value).PlanLimit();
                limits.RuleFor(l => l.Members.Value).PlanLimit();
                limits.RuleFor(l => l.ActiveServiceLines.Value).PlanLimit();
            }).When(c => c.Patch.Limits.Value is not null);
        }
    }
}
