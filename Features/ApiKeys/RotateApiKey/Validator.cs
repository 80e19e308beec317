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

public static partial class RotateApiKey
{
    private const long MostOverlapSeconds = 7 * 24 * 60 * 60;

    private sealed class Validator : AbstractValidator<Command>
    {
        public Validator() => RuleFor(c => c.OverlapSeconds).InclusiveBetween(0, MostOverlapSeconds)
            .WithMessage($"Give 0 to {MostOverlapSeconds} seconds, which is seven days.");
    }
}
