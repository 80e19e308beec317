using FluentValidation;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Features.Integrations;

public static partial class ListIntegrations
{
    private sealed class Validator : AbstractValidator<Query>
    {
        public Validator()
        {
            RuleFor(q => q.Type).OneOf(IntegrationTypes.All);
            RuleFor(q => q.Id).FilterText();
            RuleFor(q => q.Limit).Limit();
        }
    }
}
