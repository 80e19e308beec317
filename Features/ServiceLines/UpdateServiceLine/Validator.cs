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
            RuleFor(c => c.Patch.Name.Value).Name().When(c => c.Patch.Name.IsGiven);
            RuleFor(c => c.Patch.ProjectTags.Value).ProjectTags();
            RuleFor(c => c.Patch.Config.Value).SmallObject();
            RuleFor(c => c.Patch.SubscriptionId.Value).SubscriptionId();
        }
    }
}
