using FluentValidation;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Features.Access;

public static partial class CanUseSite
{
    private sealed class Validator : AbstractValidator<Query>
    {
        public Validator()
        {
            RuleFor(q => q.WorkspaceId).NotEmpty().WithMessage("is required.");
            RuleFor(q => q.UserId).UserCode();
        }
    }
}
