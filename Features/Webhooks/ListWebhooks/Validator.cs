using FluentValidation;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Features.Webhooks;

public static partial class ListWebhooks
{
    private sealed class Validator : AbstractValidator<Query>
    {
        public Validator()
        {
            RuleFor(q => q.Status).OneOf(WebhookObject.Statuses);
            RuleFor(q => q.Limit).Limit();
        }
    }
}
