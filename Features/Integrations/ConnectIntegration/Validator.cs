using FluentValidation;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Features.Integrations;

public static partial class ConnectIntegration
{
    private sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.WorkspaceId).NotEmpty().WithMessage("Name the workspace.");
            RuleFor(c => c.Type).NotEmpty().WithMessage("Name the type.").OneOf(IntegrationTypes.All);
            RuleFor(c => c.Config).SmallObject();
        }
    }
}
