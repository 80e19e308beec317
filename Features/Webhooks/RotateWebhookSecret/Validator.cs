using FluentValidation;
using WorkspaceService.Infrastructure.Dispatch;

namespace WorkspaceService.Features.Webhooks;

public static partial class RotateWebhookSecret
{
    private sealed class Validator : AbstractValidator<Command>
    {
        public Validator() => RuleFor(c => c.OverlapSeconds).InclusiveBetween(0, WebhookSecret.MostOverlapSeconds)
            .WithMessage($"Give 0 to {WebhookSecret.MostOverlapSeconds} seconds, which is seven days.");
    }
}
