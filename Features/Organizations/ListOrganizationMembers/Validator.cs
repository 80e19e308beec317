using FluentValidation;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Features.Organizations;

public static partial class ListOrganizationMembers
{
    private sealed class Validator : AbstractValidator<Query>
    {
        public Validator()
        {
            RuleFor(q => q.Role).OneOf(Roles.All);
            RuleFor(q => q.Status).OneOf(UserObject.Statuses);
            RuleFor(q => q.Q).FilterText();
            RuleFor(q => q.Limit).Limit();
        }
    }
}
