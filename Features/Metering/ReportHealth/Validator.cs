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

namespace WorkspaceService.Features.Metering;

public static partial class ReportHealth
{
    private sealed class Validator : AbstractValidator<Command>
    {
        public Validator() =>
            RuleFor(c => c.Score).NotNull().WithMessage("Give the score.")
                .InclusiveBetween(0, 100).WithMessage("Must be a whole number from 0 to 100.");
    }
}
