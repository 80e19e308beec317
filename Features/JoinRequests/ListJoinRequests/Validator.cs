using FluentValidation;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Features.JoinRequests;

public static partial class ListJoinRequests
{
    private sealed class Validator : AbstractValidator<Query>
    {
        public Validator()
        {
            RuleFor(q => q.Status).OneOf("pending", "approved", "denied", "withdrawn");
            RuleFor(q => q.Limit).Limit();
        }
    }
}
