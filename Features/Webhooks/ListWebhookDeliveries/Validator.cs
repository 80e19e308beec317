using FluentValidation;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Features.Webhooks;

public static partial class ListWebhookDeliveries
{
    private sealed class Validator : AbstractValidator<Query>
    {
        public Validator()
        {
            RuleFor(q => q.Status).OneOf(DeliveryObject.Statuses);
            RuleFor(q => q.EventId).FilterText();
            RuleFor(q => q.Limit).Limit();
        }
    }
}
