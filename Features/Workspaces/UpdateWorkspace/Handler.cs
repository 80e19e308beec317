using System.Text.Json.Nodes;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Workspaces;

public static partial class UpdateWorkspace
{
    public sealed record Command(Caller Caller, string Workspace, Body Patch, Precondition IfMatch = default)
        : ICommand<Versioned<WorkspaceObject>>
    {
        /// <summary>True where a new name brings a new slug with it, derived like the first one.</summary>
        public bool SlugFollowsName { get; init; }

        /// <summary>True where the type may be named but not changed.</summary>
        public bool KeepsType { get; init; }

        internal bool Archives => Patch.Status is { IsGiven: true, Value: WorkspaceLifecycle.Archived };

        internal bool Restores => Patch.Status is { IsGiven: true, Value: WorkspaceLifecycle.Active };
    }

    private static readonly Fault SettingsTooLarge =
        Fault.Invalid("/settings", "too_long", "The merged settings may have at most 16 KB in all.");

    private static readonly Fault TypeIsKept =
        Fault.Invalid("/type", "not_allowed", "The type of a workspace cannot be changed here.");

    private static Fault SlugTaken(string slug) =>
        Fault.Conflict("slug_taken", $"The slug '{slug}' already belongs to a workspace of the organization.");

    private static Fault SeatsTaken(long taken) =>
        Fault.Invalid("/seat_limit", "out_of_range", $"{taken} seats are taken; the limit cannot be lower.");

    private sealed class Handler(ConnectionFactory db)
        : CommandHandler<Command, WorkspaceAccess, Versioned<WorkspaceObject>>(db)
    {
        protected override ValueTask<Outcome<WorkspaceAccess>> FindAsync(Command command, Session session) =>
            WorkspaceAuthorization.FindAsync(
                session,
                command.Workspace,
                command.Restores ? WorkspaceLifecycle.Restoring : Need.Manage(Permissions.Write));

        protected override async Task<Outcome<Versioned<WorkspaceObject>>> HandleAsync(
            Command command, WorkspaceAccess workspace, Session session)
        {
            if (command.Restores && await RestoreAsync(workspace, session) is { } notRestored)
            {
                return notRestored;
            }

            if (await ChangeAsync(command, workspace, session) is { } notChanged)
            {
                return notChanged;
            }

            if (command.Archives && await ArchiveAsync(workspace, session) is { } notArchived)
            {
                return notArchived;
            }

            if (command.Restores || command.Patch.Type.Or(workspace.Type) != workspace.Type)
            {
                await DefaultWorkspaces.FillAsync(session, workspace.Id);
            }

            return await WorkspaceObject.ReadAsync(session, workspace.Id);
        }

        private static async Task<Fault?> RestoreAsync(WorkspaceAccess workspace, Session session)
        {
            if (!workspace.IsArchived)
            {
                return WorkspaceLifecycle.NotArchived;
            }

            await MoveAsync(workspace, WorkspaceLifecycle.Active, "workspace.restored", session);
            return null;
        }

        private static async Task<Fault?> ArchiveAsync(WorkspaceAccess workspace, Session session)
        {
            if (await BlockingServiceLines.CloseAsync(session, workspace, force: false) is { } refused)
            {
                return refused;
            }

            await MoveAsync(workspace, WorkspaceLifecycle.Archived, "workspace.archived", session);
            return null;
        }

        private static async Task MoveAsync(WorkspaceAccess workspace, string status, string type, Session session)
        {
            await session.ExecuteAsync(Sql.Move, new { workspace.Id, Status = status, session.Now });
            await EventLog.AppendAsync(
                session,
                type,
                workspace,
                ("workspace", workspace.Code),
                Changes.Of("status", workspace.Status, status));
        }

        private static async Task<Fault?> ChangeAsync(Command command, WorkspaceAccess workspace, Session session)
        {
            var patch = command.Patch;
            var (before, _) = await WorkspaceObject.ReadAsync(session, workspace.Id);
            var name = patch.Name.Or(before.Name)!.Trim();
            var slug = command.SlugFollowsName && name != before.Name
                ? await FindFreeSlugAsync(workspace, name, session)
                : patch.Slug.Or(before.Slug)!;
            var type = patch.Type.Or(before.Type)!;
            var description = patch.Description.Or(before.Description);
            var seatLimit = patch.SeatLimit.Or(before.SeatLimit);
            var settings = before.Settings.ToObject();
            var merged = patch.Settings.IsGiven ? Merge(settings, patch.Settings.Value) : settings;
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

            if (changes.ContainsKey("seat_limit")
                && (await Membership.CountSeatsAsync(session, workspace.Id)).Taken is var taken
                && seatLimit < taken)
            {
                return SeatsTaken(taken);
            }

            var row = new
            {
                workspace.Id,
                workspace.OrganizationId,
                Name = name,
                NameKey = SearchText.SortKey(name),
                Slug = slug,
                Search = SearchText.Fold($"{name}\n{slug}"),
                Type = type,
                Description = description,
                Settings = RawJson.Of(merged),
                Currency = WorkspaceSettings.CurrencyOf(merged),
                SeatLimit = seatLimit,
                UpdatedAt = session.Now,
            };
            if (await session.ExecuteAsync(Sql.Update, row) == 0)
            {
                return SlugTaken(slug);
            }

            await EventLog.AppendAsync(
                session, "workspace.updated", workspace, ("workspace", workspace.Code), changes);
            return null;
        }

        private static async Task<string> FindFreeSlugAsync(WorkspaceAccess workspace, string name, Session session)
        {
            var alike = new { workspace.Id, workspace.OrganizationId, Stem = Slug.Stem(name) };
            return Slug.FirstFree(name, await session.ListAsync<string>(Sql.ListSlugsOfOthers, alike));
        }

        private static JsonObject Merge(JsonObject settings, JsonObject? patch) =>
            WorkspaceSettings.Merge(patch is null ? null : settings, patch);
    }
}
