using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Workspaces;

public static partial class UpdateOwnWorkspace
{
    public sealed record Command(Caller Caller, string Own, Change? Workspace, Precondition IfMatch = default)
        : ICommand<Response>;

    /// <summary>What to change; null leaves a value as it is.</summary>
    public sealed record Change(
        string? Name = null, string? OrganizationType = null, string? CustomOrganizationType = null);

    /// <param name="AvailableUsersCount">The seat limit; 2147483647 where there is none.</param>
    /// <param name="CanInviteUsersCount">Free seats; 2147483647 where there is no limit.</param>
    /// <example>
    /// {
    ///   "id": 1,
    ///   "name": "Scrum Launch",
    ///   "available_users_count": 30,
    ///   "can_add_new_users": true,
    ///   "can_invite_users_count": 29
    /// }
    /// </example>
    public sealed record Response(
        long Id, string Name, long AvailableUsersCount, bool CanAddNewUsers, long CanInviteUsersCount);

    private sealed class Handler(ConnectionFactory db) : CommandHandler<Command, WorkspaceAccess, Response>(db)
    {
        protected override ValueTask<Outcome<WorkspaceAccess>> FindAsync(Command command, Session session) =>
            WorkspaceAuthorization.FindAsync(session, command.Own, Need.Manage(Permissions.Write));

        protected override async Task<Outcome<Response>> HandleAsync(
            Command command, WorkspaceAccess workspace, Session session)
        {
            var before = (await session.FindAsync<Row>(Sql.Find, new { workspace.Id }))!;
            var after = before with
            {
                Name = command.Workspace!.Name?.Trim() ?? before.Name,
                OrganizationType = command.Workspace.OrganizationType ?? before.OrganizationType,
                CustomOrganizationType = command.Workspace.CustomOrganizationType ?? before.CustomOrganizationType,
            };
            if (after != before)
            {
                await session.ExecuteAsync(Sql.Update, new
                {
                    workspace.Id,
                    after.Name,
                    NameKey = SearchText.SortKey(after.Name),
                    Search = SearchText.Fold($"{after.Name}\n{after.Slug}"),
                    after.OrganizationType,
                    after.CustomOrganizationType,
                    UpdatedAt = session.Now,
                });
                var changes = new Changes()
                    .Set("name", before.Name, after.Name)
                    .Set("organization_type", before.OrganizationType, after.OrganizationType)
                    .Set("custom_organization_type", before.CustomOrganizationType, after.CustomOrganizationType);
                await EventLog.AppendAsync(
                    session, "workspace.updated", workspace, ("workspace", workspace.Code), changes);
            }

            var seats = await Membership.CountSeatsAsync(session, workspace.Id);
            return new Response(
                workspace.Id,
                after.Name,
                seats.SeatLimit ?? int.MaxValue,
                seats.Free is null or > 0,
                seats.Free ?? int.MaxValue);
        }
    }

    private sealed record Row
    {
        public string Name { get; init; } = "";

        public string Slug { get; init; } = "";

        public string? OrganizationType { get; init; }

        public string? CustomOrganizationType { get; init; }
    }
}
