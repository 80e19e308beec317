using System.Text.RegularExpressions;
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

namespace WorkspaceService.Features.Events;

public static partial class ListEvents
{
    [GeneratedRegex(@"^[a-z_]{1,50}\.[a-z_]{1,50}\z")]
    private static partial Regex TypeForm();

    private sealed class Validator : AbstractValidator<Query>
    {
        public Validator()
        {
            RuleFor(q => q.Type).Matches(TypeForm()).WithMessage("must be domain.action, such as workspace.created.");
            RuleFor(q => q.ActorId).FilterText();
            RuleFor(q => q.From).Must(IsTime).WithMessage("must be a time such as 2026-04-01T09:00:00Z.");
            RuleFor(q => q.To).Must(IsTime).WithMessage("must be a time such as 2026-04-01T09:00:00Z.");
            RuleFor(q => q.To)
                .Must((q, _) => TimeOf(q.From) is not { } from || TimeOf(q.To) is not { } to || from <= to)
                .WithMessage("must not lie before from.");
            RuleFor(q => q.Limit).Limit();
        }

        private static bool IsTime(string? text) => text is null || JsonConventions.TryTime(text, out _);
    }
}
