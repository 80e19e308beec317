using FluentValidation;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Features.Members;

public static partial class ListMembers
{
    private sealed class Validator : AbstractValidator<Query>
    {
        public Validator()
        {
            RuleFor(q => q.Include).OneOf("implicit");
            RuleFor(q => q.Role).OneOf(Roles.OfWorkspace);
            RuleFor(q => q.Status).OneOf(UserObject.Statuses);
            RuleFor(q => q.Q).FilterText();
            RuleFor(q => q.Limit).Limit();
        }
    }
}
