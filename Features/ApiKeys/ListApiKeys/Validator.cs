using FluentValidation;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Features.ApiKeys;

public static partial class ListApiKeys
{
    private sealed class Validator : AbstractValidator<Query>
    {
        public Validator()
        {
            RuleFor(q => q.Type).OneOf("root", "user", "secret", "publishable");
            RuleFor(q => q.Limit).Limit();
        }
    }
}
