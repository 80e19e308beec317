using FluentValidation;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.ApiKeys;

public static partial class CreateApiKey
{
    private sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Name).Name();
            RuleFor(c => c.Type).NotEmpty().WithMessage("Name the type.").OneOf(ApiKeyTypes.Issuable);
            RuleFor(c => c.UserId).Null().When(c => c.Type is ApiKeyTypes.Secret or ApiKeyTypes.Publishable)
                .WithErrorCode("not_allowed").WithMessage("A service key stands for no user.");
            RuleFor(c => c.Permissions).Null().When(c => c.Type == ApiKeyTypes.User)
                .WithErrorCode("not_allowed")
                .WithMessage("A user key has its user's powers and carries no permissions.");
            RuleFor(c => c.Permissions)
                .NotEmpty()
                .When(c => c.Permissions is not null && c.Type is ApiKeyTypes.Secret or ApiKeyTypes.Publishable)
                .WithMessage("Give at least one permission, or leave them out for all that the type may have.");
            RuleForEach(c => c.Permissions).NotNull().WithMessage("Name a permission.");
            RuleForEach(c => c.Permissions).OneOf(Permissions.All!).When(c => c.Type == ApiKeyTypes.Secret);
            RuleForEach(c => c.Permissions).OneOf(Permissions.Read).When(c => c.Type == ApiKeyTypes.Publishable);
        }
    }
}
