using FluentValidation;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Features.Invitations;

public static partial class AcceptInvitation
{
    private sealed class Validator : AbstractValidator<Command>
    {
        public Validator() => RuleFor(c => c.Name).Name().When(c => c.Name is not null);
    }
}
