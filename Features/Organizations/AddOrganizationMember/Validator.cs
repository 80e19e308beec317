using FluentValidation;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Features.Organizations;

public static partial class AddOrganizationMember
{
    private sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.UserId).NotEmpty().When(c => c.Email is null)
                .WithMessage("Give user_id, or email and name.");
            RuleFor(c => c.Email).Empty().When(c => c.UserId is not null)
                .WithErrorCode("not_allowed").WithMessage("Give either user_id or email, not both.");
            RuleFor(c => c.Email).Email();
            RuleFor(c => c.Name).Name().When(c => c.Name is not null);
            RuleFor(c => c.Role).OneOf(Roles.OfOrganization);
        }
    }
}
