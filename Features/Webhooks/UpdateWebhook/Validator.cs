using FluentValidation;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Dispatch;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Features.Webhooks;

public static partial class UpdateWebhook
{
    private sealed class Validator : AbstractValidator<Command>
    {
        public Validator(WebhookSettings settings)
        {
            RuleFor(c => c.Patch.Url.Value).WebhookUrl(settings).When(c => c.Patch.Url.IsGiven);
            RuleFor(c => c.Patch.Description.Value).Lines(500);
            RuleFor(c => c.Patch.Events.Value).EventPatterns().When(c => c.Patch.Events.IsGiven);
            RuleForEach(c => c.Patch.Events.Value).EventPattern();
            RuleFor(c => c.Patch.Status.Value).NotEmpty().When(c => c.Patch.Status.IsGiven)
                .WithMessage("Name the status.");
            RuleFor(c => c.Patch.Status.Value).OneOf(WebhookObject.Statuses);
            RuleFor(c => c.Patch.Secret.Value).NoSecret();
        }
    }
}
