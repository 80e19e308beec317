using System.Text.Json.Nodes;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Workspaces;

public static partial class CreateWorkspace
{
    /// <param name="Slug">Null to derive one from the name.</param>
    /// <param name="Type">Null for private.</param>
    /// <param name="SeatLimit">Null for unlimited.</param>
    /// <param name="MostWorkspaces">
    /// The most that the organization may have after it, beside its plan; null for unlimited.
    /// </param>
    public sealed record Command(
        Caller Caller,
        string? OrganizationId,
        string? Name,
        string? Slug = null,
        string? Type = null,
        string? Description = null,
        JsonObject? Settings = null,
        long? SeatLimit = null,
        long? MostWorkspaces = null) : ICommand<Versioned<WorkspaceObject>>;

    private static Fault SlugTaken(string slug) =>
        Fault.Conflict("slug_taken", $"The slug '{slug}' already belongs to a workspace of the organization.");

    private sealed class Handler(ConnectionFactory db)
        : CommandHandler<Command, OrganizationAccess, Versioned<WorkspaceObject>>(db)
    {
        // Without the ceiling organization members may create workspaces too; FindAsync checks that afterwards (R5).
        private static readonly Need Creating =
            Need.Manage(Permissions.Write) with { Rank = Roles.Rank(Roles.Member) };

        protected override async ValueTask<Outcome<OrganizationAccess>> FindAsync(Command command, Session session) =>
            (await OrganizationAuthorization.FindAsync(session, command.OrganizationId!, Creating))
                .Then<OrganizationAccess>(organization =>
                    organization.HasCeiling && !organization.IsAdministered ? Faults.Forbidden : organization);

        protected override async Task<Outcome<Versioned<WorkspaceObject>>> HandleAsync(
            Command command, OrganizationAccess organization, Session session)
        {
            var claim = new
            {
                organization.Id,
                Unbound = command.Caller.IsRoot ? 1 : 0,
                Most = command.MostWorkspaces,
            };
            if (await session.ExecuteAsync(Sql.ClaimPlace, claim) == 0)
            {
                return Faults.PlanLimitExceeded("workspaces", await session.ScalarAsync<long?>(Sql.Limit, claim));
            }

            var owner = await CreatingUser.FindAsync(session, organization);
            var name = command.Name!.Trim();
            var slug = command.Slug ?? await FindFreeSlugAsync(organization.Id, name, session);
            var type = command.Type ?? WorkspaceSettings.Private;
            var settings = WorkspaceSettings.Merge(null, command.Settings);
            var (id, code) = await Codes.MintAsync(session, Codes.Workspace);
            var row = new
            {
                Id = id,
                Code = code,
                OrganizationId = organization.Id,
                Name = name,
                NameKey = SearchText.SortKey(name),
                Slug = slug,
                Search = SearchText.Fold($"{name}\n{slug}"),
                Type = type,
                command.Description,
                OwnerId = owner,
                Settings = RawJson.Of(settings),
                Currency = WorkspaceSettings.CurrencyOf(settings),
                command.SeatLimit,
                CreatedAt = session.Now,
            };
            if (await session.ExecuteAsync(Sql.Insert, row) == 0)
            {
                return SlugTaken(slug);
            }

            await Membership.AddCreatorAsync(session, id, owner);
            var changes = new Changes().Set("name", null, name).Set("slug", null, slug).Set("type", null, type);
            await EventLog.AppendAsync(
                session, "workspace.created", organization.Code, code, ("workspace", code), changes);
            await DefaultWorkspaces.FillAsync(session, id);
            return await WorkspaceObject.ReadAsync(session, id);
        }

        private static async Task<string> FindFreeSlugAsync(long organizationId, string name, Session session)
        {
            var alike = new { OrganizationId = organizationId, Stem = Slug.Stem(name) };
            return Slug.FirstFree(name, await session.ListAsync<string>(Sql.ListSlugs, alike));
        }
    }
}
