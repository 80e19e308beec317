using System.Text.Json.Nodes;
using MediatR;
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

namespace WorkspaceService.Features.ServiceLines;

public static partial class UpdateServiceLine
{
    public sealed record Command(Caller Caller, string ServiceLine) : ICommand<Versioned<ServiceLineObject>>
    {
        public Optional<string?> Name { get; init; }

        public Optional<IReadOnlyList<string>?> ProjectTags { get; init; }

        public Optional<JsonObject?> Config { get; init; }

        public Optional<string?> SubscriptionId { get; init; }

        public Optional<DateTimeOffset?> StartsAt { get; init; }

        public Optional<DateTimeOffset?> EndsAt { get; init; }

        public Precondition IfMatch { get; init; }
    }

    private static readonly Fault ConfigTooLarge = Fault.Invalid("/config", "too_long", "Use at most 16 KB in all.");

    private static Fault Ended(string status) =>
        Fault.Conflict("invalid_transition", $"A service line that is {status} stays as it is.");

    private sealed class Handler(ConnectionFactory db, TimeProvider clock) : IRequestHandler<Command, Outcome<Versioned<ServiceLineObject>>>
    {
        public Task<Outcome<Versioned<ServiceLineObject>>> Handle(Command command, CancellationToken ct) =>
            db.TransactAsync(command.Caller, session => UpdateAsync(session, command, clock.GetUtcNow()), ct);

        private static async Task<Outcome<Versioned<ServiceLineObject>>> UpdateAsync(Session session, Command command, DateTimeOffset now)
        {
            var found = await session.ServiceLineAsync(command.Caller, command.ServiceLine, Need.Manage(Permissions.ServiceLinesManage));
            if (!found.Succeeded(out var line, out var fault))
            {
                return fault;
            }

            if (!command.IfMatch.Allows(line.Version))
            {
                return Faults.PreconditionFailed;
            }

            if (line.IsFinal)
            {
                return Ended(line.Status);
            }

            var before = (await session.ReadServiceLineAsync(line.Id)).Value;
            var tags = command.ProjectTags.IsGiven ? ServiceLineObject.TextOf(command.ProjectTags.Value) : before.Tags;
            var config = Merge(before.Config.ToObject(), command.Config);
            var after = before with
            {
                Name = command.Name.Or(before.Name)!.Trim(),
                Tags = tags,
                Config = RawJson.Of(config),
                SubscriptionId = command.SubscriptionId.Or(before.SubscriptionId)?.Trim(),
                StartsAt = command.StartsAt.Or(before.StartsAt),
                EndsAt = command.EndsAt.Or(before.EndsAt),
            };
            if ((command.StartsAt.IsGiven || command.EndsAt.IsGiven) && after.EndsAt < after.StartsAt)
            {
                return ServiceLineRules.EndsBeforeStart;
            }

            if (command.Config.IsGiven && !ValidationRules.IsSmall(config))
            {
                return ConfigTooLarge;
            }

            var changes = new Changes()
                .Set("name", before.Name, after.Name)
                .SetConfig(before.Config.ToObject(), config)
                .Set("subscription_id", before.SubscriptionId, after.SubscriptionId)
                .Set("starts_at", before.StartsAt, after.StartsAt)
                .Set("ends_at", before.EndsAt, after.EndsAt);
            if (before.Tags != after.Tags)
            {
                changes.Set("project_tags", before.ProjectTags, after.ProjectTags);
            }

            if (changes.Count > 0)
            {
                await session.ExecuteAsync(Sql.Update, new
                {
                    line.Id,
                    after.Name,
                    after.Tags,
                    after.Config,
                    after.SubscriptionId,
                    after.StartsAt,
                    after.EndsAt,
                    Now = now,
                });
                await session.AppendAsync(
                    now,
                    "service_line.updated",
                    line.Workspace.OrganizationCode,
                    line.Workspace.Code,
                    ("service_line", line.Code),
                    changes);
            }

            return await session.ReadServiceLineAsync(line.Id);
        }

        private static JsonObject Merge(JsonObject current, Optional<JsonObject?> patch) =>
            !patch.IsGiven ? current : patch.Value is { } given ? MergePatch.Apply(current, given) : [];
    }
}
