using FluentValidation;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Features.Access;

public static partial class CheckAccess
{
    private const int MostChecks = 100;

    private sealed class Validator : AbstractValidator<Query>
    {
        public Validator()
        {
            RuleFor(q => q.Checks).NotEmpty().WithMessage("Give at least one check.")
                .AtMost(MostChecks).WithErrorCode("out_of_range")
                .WithMessage("Give at most 100 checks.");
            RuleForEach(q => q.Checks).NotNull().WithMessage("Give an object.").SetValidator(new CheckValidator())
                .When(q => q.Checks?.Count <= MostChecks);
        }
    }

    private sealed class CheckValidator : AbstractValidator<Check?>
    {
        public CheckValidator()
        {
            RuleFor(c => c!.WorkspaceId).NotEmpty().WithMessage("Name the workspace.");
            RuleFor(c => c!.UserId).NotEmpty().WithMessage("Name the user.").UserCode();
            RuleFor(c => c!.Role).NotEmpty().WithMessage("Name the role.").OneOf(Roles.OfWorkspace);
        }
    }
}
