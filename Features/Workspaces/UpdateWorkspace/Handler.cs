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

namespace WorkspaceService.Features.Workspaces;

public static partial class UpdateWorkspace
{
    public sealed record Command(Caller Caller, string Workspace, Precondition IfMatch = default) : ICommand<Versioned<WorkspaceObject>>
    {
        public Optional<string?> Name { get; init; }

        public Optional<string?> Slug { get; init; }

        public Optional<string?> Type { get; init; }

        public Optional<string?> Description { get; init; }

        /// <summary>A patch of the settings; null for the defaults again.</summary>
        public Optional<JsonObject?> Settings { get; init; }

        /// <summary>Null for unlimited.</summary>
        public Optional<long?> SeatLimit { get; init; }

        /// <summary><c>archived</c> to archive, <c>active</c> to restore.</summary>
        public Optional<string?> Status { get; init; }

        /// <summary>True where a new name brings a new slug with it, derived like the first one.</summary>
        public bool SlugFollowsName { get; init; }

        /// <summary>True where the type may be named but not changed.</summary>
        public bool KeepsType { get; init; }

        internal bool Archives => Status is { IsGiven: true, Value: "archived" };

        internal bool Restores => Status is { IsGiven: true, Value: "active" };
    }

    private static readonly Fault SettingsTooLarge = Fault.Invalid("/settings", "too_long", "The merged settings may have at most 16 KB in all.");

    private static readonly Fault TypeIsKept = Fault.Invalid("/type", "not_allowed", "The type of a workspace cannot be changed here.");

    private static Fault SlugTaken(string slug) =>
        Fault.Conflict("slug_taken", $"The slug '{slug}' already belongs to a workspace of the organization.");

    private static Fault SeatsTaken(long taken) =>
        Fault.Invalid("/seat_limit", "out_of_range", $"{taken} seats are taken; the limit cannot be lower.");

    private sealed class Handler(ConnectionFactory db, TimeProvider clock) : IRequestHandler<Command, Outcome<Versioned<WorkspaceObject>>>
    {
        public Task<Outcome<Versioned<WorkspaceObject>>> Handle(Command command, CancellationToken ct) =>
            db.TransactAsync(command.Caller, session => UpdateAsync(session, command, clock.GetUtcNow()), ct);

        private static async Task<Outcome<Versioned<WorkspaceObject>>> UpdateAsync(Session session, Command command, DateTimeOffset now)
        {
            var need = command.Restores ? WorkspaceLifecycle.Restoring : Need.Manage(Permissions.Write);
            var found = await session.WorkspaceAsync(command.Caller, command.Workspace, need);
            if (!found.Succeeded(out var workspace, out var fault))
            {
                return fault;
            }

            if (!command.IfMatch.Allows(workspace.Version))
            {
                return Faults.PreconditionFailed;
            }

            if (command.Restores && await session.RestoreAsync(workspace, now) is { } notRestored)
            {
                return notRestored;
            }

            if (await ChangeAsync(session, workspace, command, now) is { } notChanged)
            {
                return notChanged;
            }

            if (command.Archives && await session.ArchiveAsync(workspace, force: false, now) is { } notArchived)
            {
                return notArchived;
            }

            if (command.Restores || command.Type.Or(workspace.Type) != workspace.Type)
            {
                await session.FillDefaultWorkspaceAsync(workspace.Id, now);
            }

            return await session.ReadWorkspaceAsync(workspace.Id, now);
        }

        private static async Task<Fault?> ChangeAsync(Session session, WorkspaceAccess workspace, Command command, DateTimeOffset now)
        {
            var (before, _) = await session.ReadWorkspaceAsync(workspace.Id, now);
            var name = command.Name.Or(before.Name)!.Trim();
            var slug = command.SlugFollowsName && name != before.Name
                ? await DeriveSlugAsync(session, workspace, name)
                : command.Slug.Or(before.Slug)!;
            var type = command.Type.Or(before.Type)!;
            var description = command.Description.Or(before.Description);
            var seatLimit = command.SeatLimit.Or(before.SeatLimit);
            var settings = before.Settings.ToObject();
            var merged = command.Settings.IsGiven ? Merge(settings, command.Settings.Value) : settings;

            var changes = new Changes()
                .Set("name", before.Name, name)
                .Set("slug", before.Slug, slug)
                .Set("type", before.Type, type)
                .Set("description", before.Description, description)
                .Set("seat_limit", before.SeatLimit, seatLimit);
            if (!JsonNode.DeepEquals(settings, merged))
            {
                changes.Set("settings", settings, merged);
            }

            if (changes.Count == 0)
            {
                return null;
            }

            if (changes.ContainsKey("type") && command.KeepsType)
            {
                return TypeIsKept;
            }

            if (changes.ContainsKey("settings") && !ValidationRules.IsSmall(merged))
            {
                return SettingsTooLarge;
            }

            if (changes.ContainsKey("seat_limit") && (await session.CountSeatsAsync(workspace.Id, now)).Taken is var taken && seatLimit < taken)
            {
                return SeatsTaken(taken);
            }

            var row = new
            {
                workspace.Id,
                workspace.OrganizationId,
                Name = name,
                NameKey = ValidationRules.Fold(name),
                Slug = slug,
                Search = ValidationRules.Fold($"{name}\n{slug}"),
                Type = type,
                Description = description,
                Settings = RawJson.Of(merged),
                Currency = WorkspaceSettings.CurrencyOf(merged),
                SeatLimit = seatLimit,
                UpdatedAt = now,
            };
            if (await session.ExecuteAsync(Sql.Update, row) == 0)
            {
                return SlugTaken(slug);
            }

            await session.AppendAsync(
                now, "workspace.updated", workspace.OrganizationCode, workspace.Code, ("workspace", workspace.Code), changes);
            return null;
        }

        private static async Task<string> DeriveSlugAsync(Session session, WorkspaceAccess workspace, string name)
        {
            var slug = Slug.From(name);
            var taken = (await session.ListAsync<string>(
                Sql.ListSlugsOfOthers, new { workspace.Id, workspace.OrganizationId, Stem = Slug.Stem(slug) })).ToHashSet();
            for (var n = 1L; ; n++)
            {
                if (!taken.Contains(Slug.Numbered(slug, n)))
                {
                    return Slug.Numbered(slug, n);
                }
            }
        }

        private static JsonObject Merge(JsonObject settings, JsonObject? patch) =>
            patch is null ? WorkspaceSettings.Merge(null, null) : WorkspaceSettings.Merge(settings, patch);
    }
}
