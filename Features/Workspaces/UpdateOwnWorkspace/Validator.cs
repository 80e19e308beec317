using FluentValidation;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Features.Workspaces;

public static partial class UpdateOwnWorkspace
{
    // The seed's 10 types, in its order.
    private static readonly string[] OrganizationTypes =
    [
        "Public High School", "Private High School", "College/University", "Club/Youth Sports", "Other/Not Listed",
        "School District", "K12 School", "Higher Education", "Youth/Club Sports", "Other",
    ];

    private sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Workspace).NotNull().WithMessage("Must be a Hash.");
            RuleFor(c => c.Workspace!).ChildRules(change =>
            {
                change.RuleFor(c => c.Name).Name().When(c => c.Name is not null);
                change.RuleFor(c => c.OrganizationType).OneOf(OrganizationTypes);
                change.RuleFor(c => c.CustomOrganizationType).Line(120);
            }).When(c => c.Workspace is not null);
        }
    }
}
