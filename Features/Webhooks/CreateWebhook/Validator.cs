using FluentValidation;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Dispatch;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Features.Webhooks;

public static partial class CreateWebhook
{
    private sealed class Validator : AbstractValidator<Command>
    {
        public Validator(WebhookSettings settings)
        {
            RuleFor(c => c.OrganizationId).NotEmpty().WithMessage("Name the organization.");
            RuleFor(c => c.Url).NotEmpty().WithMessage("Give the address that events are to be sent to.");
            RuleFor(c => c.Url).WebhookUrl(settings);
            RuleFor(c => c.Description).Lines(500);
            RuleFor(c => c.Events).EventPatterns();
            RuleForEach(c => c.Events).EventPattern();
            RuleFor(c => c.Status).OneOf(WebhookObject.Statuses);
            RuleFor(c => c.Secret).NoSecret();
        }
    }
}
