using FluentValidation;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Caching;
using WorkspaceService.Infrastructure.Database.Sqlite;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Hosting;
using WorkspaceService.Infrastructure.Hosting.Logging;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.OpenApi;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Organizations;

public static partial class UpdateOrganization
{
    private sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Name.Value).Name().When(c => c.Name.IsGiven);
            RuleFor(c => c.Slug.Value).NotNull().WithMessage("It cannot be without one.").Slug().When(c => c.Slug.IsGiven);
            RuleFor(c => c.BillingEmail.Value).Email();
            RuleFor(c => c.Settings.Value).MeaningfulSettings();
            RuleFor(c => c.Status.Value).NotNull().WithMessage("It cannot be without one.")
                .OneOf(OrganizationSettings.Statuses).When(c => c.Status.IsGiven);
            RuleFor(c => c.PlanId.Value).MaximumLength(100).WithMessage("Use at most 100 characters.");
            RuleFor(c => c.SubscriptionStatus.Value).NotNull().WithMessage("It cannot be without one.")
                .OneOf(OrganizationSettings.SubscriptionStatuses).When(c => c.SubscriptionStatus.IsGiven);
            RuleFor(c => c.Limits.Value!).ChildRules(limits =>
            {
                limits.RuleFor(l => l.Workspaces.Value).GreaterThanOrEqualTo(0).WithMessage(NotALimit);
                limits.RuleFor(l => l.Members.Value).GreaterThanOrEqualTo(0).WithMessage(NotALimit);
                limits.RuleFor(l => l.ActiveServiceLines.Value).GreaterThanOrEqualTo(0).WithMessage(NotALimit);
            }).When(c => c.Limits.Value is not null);
        }

        private const string NotALimit = "Give 0 or more, or null for no limit.";
    }
}
