using FluentValidation;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Features.Invitations;

public static partial class InviteMembers
{
    private const int MostInvitations = 500;

    private sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Email).NotEmpty().WithMessage("Give the e-mail address.").Email();
            RuleFor(c => c.Role).NotEmpty().WithMessage("Name the role.").OneOf(Roles.OfWorkspace);
        }
    }

    // Errors of single invitations are part of the results.
    private sealed class BatchValidator : AbstractValidator<BatchCommand>
    {
        public BatchValidator()
        {
            RuleFor(c => c.Invitations)
                .Must(invitations => invitations.Count is > 0 and <= MostInvitations)
                .WithErrorCode("out_of_range").WithMessage("Give 1 to 500 invitations.");
            RuleForEach(c => c.Invitations).NotNull().WithMessage("Give an object.");
            RuleFor(c => c.Beside!.Email).Null().When(c => c.Beside is not null).OverridePropertyName("Email")
                .WithErrorCode("not_allowed").WithMessage(Either);
            RuleFor(c => c.Beside!.Role).Null().When(c => c.Beside is not null).OverridePropertyName("Role")
                .WithErrorCode("not_allowed").WithMessage(Either);
            RuleFor(c => c.Beside!.ExpiresAt).Null().When(c => c.Beside is not null).OverridePropertyName("ExpiresAt")
                .WithErrorCode("not_allowed").WithMessage(Either);
        }

        private const string Either = "Give either invitations or one person's e-mail address and role.";
    }
}
