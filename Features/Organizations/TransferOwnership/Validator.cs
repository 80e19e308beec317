using FluentValidation;

namespace WorkspaceService.Features.Organizations;

public static partial class TransferOwnership
{
    private sealed class Validator : AbstractValidator<Command>
    {
        public Validator() => RuleFor(c => c.UserId).NotEmpty().WithMessage("Name the user who is to own it.");
    }
}
