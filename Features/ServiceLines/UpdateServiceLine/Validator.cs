using FluentValidation;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Features.ServiceLines;

public static partial class UpdateServiceLine
{
    private sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Name.Value).Name().When(c => c.Name.IsGiven);
            RuleFor(c => c.ProjectTags.Value).ProjectTags();
            RuleFor(c => c.Config.Value).SmallObject();
            RuleFor(c => c.SubscriptionId.Value).SubscriptionId();
        }
    }
}
