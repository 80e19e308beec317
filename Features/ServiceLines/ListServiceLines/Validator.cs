using FluentValidation;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Features.ServiceLines;

public static partial class ListServiceLines
{
    private sealed class Validator : AbstractValidator<Query>
    {
        public Validator()
        {
            RuleFor(q => q.Status).OneOf(ServiceLineLifecycle.Statuses);
            RuleFor(q => q.Limit).Limit();
        }
    }
}
