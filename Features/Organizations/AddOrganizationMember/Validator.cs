using FluentValidation;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Caching;
using WorkspaceService.Infrastructure.Database.Sqlite;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Hosting;
using WorkspaceService.Infrastructure.Hosting.Logging;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.OpenApi;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.Organizations;

public static partial class AddOrganizationMember
{
    private sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.UserId).NotEmpty().When(c => c.Email is null)
                .WithMessage("Give user_id, or email and name.");
            RuleFor(c => c.Email).Empty().When(c => c.UserId is not null)
                .WithErrorCode("not_allowed").WithMessage("Give either user_id or email, not both.");
            RuleFor(c => c.Email).Email();
            RuleFor(c => c.Name).Name().When(c => c.Name is not null);
            RuleFor(c => c.Role).OneOf(Roles.OfOrganization);
        }
    }
}
