using FluentValidation;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Features.Organizations;

public static partial class ChangeOrganizationMemberRole
{
    private sealed class Validator : AbstractValidator<Command>
    {
        public Validator() => RuleFor(c => c.Role).NotEmpty().WithMessage("Name the role.").OneOf(Roles.OfOrganization);
    }
}
