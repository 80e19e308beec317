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

namespace WorkspaceService.Features.ApiKeys;

public static partial class CreateApiKey
{
    private sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Name).Name();
            RuleFor(c => c.Type).NotEmpty().WithMessage("Name the type.").OneOf("user", "secret", "publishable");
            RuleFor(c => c.UserId).Null().When(c => c.Type is "secret" or "publishable")
                .WithErrorCode("not_allowed").WithMessage("A service key stands for no user.");
            RuleFor(c => c.Permissions).Null().When(c => c.Type == "user")
                .WithErrorCode("not_allowed")
                .WithMessage("A user key has its user's powers and carries no permissions.");
            RuleFor(c => c.Permissions).NotEmpty()
                .When(c => c.Permissions is not null && c.Type is "secret" or "publishable")
                .WithMessage("Give at least one permission, or leave them out for all that the type may have.");
            RuleForEach(c => c.Permissions).NotNull().WithMessage("Name a permission.");
            RuleForEach(c => c.Permissions).OneOf(Permissions.All!).When(c => c.Type == "secret");
            RuleForEach(c => c.Permissions).OneOf(Permissions.Read).When(c => c.Type == "publishable");
        }
    }
}
