using FluentValidation;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Features.Users;

public static partial class CreateUser
{
    private sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Name).Name();
            RuleFor(c => c.Email).NotEmpty().WithMessage("Give the e-mail address.").Email();
            RuleFor(c => c.AvatarUrl).WebAddress();
            RuleFor(c => c.Role).OneOf(Roles.OfOrganization);
        }
    }
}
