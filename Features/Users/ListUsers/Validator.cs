using FluentValidation;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Features.Users;

public static partial class ListUsers
{
    private sealed class Validator : AbstractValidator<Query>
    {
        public Validator()
        {
            RuleFor(q => q.Status).OneOf(UserObject.Statuses);
            RuleFor(q => q.Q).FilterText();
            RuleFor(q => q.Email).FilterText(EmailAddress.MaxLength);
            RuleFor(q => q.Limit).Limit();
        }
    }
}
