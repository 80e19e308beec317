using FluentValidation;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.ApiKeys;

public static partial class ListApiKeys
{
    private sealed class Validator : AbstractValidator<Query>
    {
        public Validator()
        {
            RuleFor(q => q.Type).OneOf(ApiKeyTypes.All);
            RuleFor(q => q.Limit).Limit();
        }
    }
}
