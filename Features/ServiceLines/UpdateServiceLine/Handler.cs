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
    public sealed record Command(Caller Caller, string ServiceLine, Body Patch, Precondition IfMatch = default)
        : ICommand<Versioned<ServiceLineObject>>;

    private static readonly Fault ConfigTooLarge = Fault.Invalid("/config", "too_long", "Use at most 16 KB in all.");

    private static Fault Ended(string status) =>
        Fault.Conflict("invalid_transition", $"A service line that is {status} stays as it is.");

    private sealed class Handler(ConnectionFactory db)
        : CommandHandler<Command, ServiceLineAccess, Versioned<ServiceLineObject>>(db)
    {
        protected override ValueTask<Outcome<ServiceLineAccess>> FindAsync(Command command, Session session) =>
            ServiceLineAuthorization.FindAsync(
                session, command.ServiceLine, Need.Manage(Permissions.ServiceLinesManage));

        protected override async Task<Outcome<Versioned<ServiceLineObject>>> HandleAsync(
            Command command, ServiceLineAccess line, Session session)
        {
            if (line.IsFinal)
            {
                return Ended(line.Status);
            }

            var patch = command.Patch;
            var before = (await ServiceLineObject.ReadAsync(session, line.Id)).Value;
            var tags = patch.ProjectTags.IsGiven ? ServiceLineObject.TextOf(patch.ProjectTags.Value) : before.Tags;
            var config = Merge(before.Config.ToObject(), patch.Config);
            var after = before with
            {
                Name = patch.Name.Or(before.Name)!.Trim(),
                Tags = tags,
                Config = RawJson.Of(config),
                SubscriptionId = patch.SubscriptionId.Or(before.SubscriptionId)?.Trim(),
                StartsAt = patch.StartsAt.Or(before.StartsAt),
                EndsAt = patch.EndsAt.Or(before.EndsAt),
            };
            if ((patch.StartsAt.IsGiven || patch.EndsAt.IsGiven) && after.EndsAt < after.StartsAt)
            {
                return ServiceLineRules.EndsBeforeStart;
            }

            if (patch.Config.IsGiven && !ValidationRules.IsSmall(config))
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
                    session.Now,
                });
                await EventLog.AppendAsync(
                    session, "service_line.updated", line.Workspace, ("service_line", line.Code), changes);
            }

            return await ServiceLineObject.ReadAsync(session, line.Id);
        }

        private static JsonObject Merge(JsonObject current, Optional<JsonObject?> patch) =>
            !patch.IsGiven ? current : patch.Value is { } given ? MergePatch.Apply(current, given) : [];
    }
}
