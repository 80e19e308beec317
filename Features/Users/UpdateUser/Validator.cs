using FluentValidation;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Features.Users;

public static partial class UpdateUser
{
    private sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Patch.Name.Value).Name().When(c => c.Patch.Name.IsGiven);
            RuleFor(c => c.Patch.Email.Value).NotEmpty().WithMessage("Give the e-mail address.")
                .Email().When(c => c.Patch.Email.IsGiven);
            RuleFor(c => c.Patch.AvatarUrl.Value).WebAddress();
            RuleFor(c => c.Patch.Status.Value).NotNull().WithMessage("It cannot be without one.")
                .OneOf(UserObject.Statuses).When(c => c.Patch.Status.IsGiven);
        }
    }
}
