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

public static partial class UpdateOwnWorkspace
{
    public sealed record Command(Caller Caller, string Own, Change? Workspace) : ICommand<Response>;

    /// <summary>What to change; null leaves a value as it is.</summary>
    public sealed record Change(string? Name = null, string? OrganizationType = null, string? CustomOrganizationType = null);

    /// <param name="AvailableUsersCount">The seat limit; 2147483647 where there is none.</param>
    /// <param name="CanInviteUsersCount">Free seats; 2147483647 where there is no limit.</param>
    /// <example>
    /// { "id": 1, "name": "Scrum Launch", "available_users_count": 30, "can_add_new_users": true, "can_invite_users_count": 29 }
    /// </example>
    public sealed record Response(long Id, string Name, long AvailableUsersCount, bool CanAddNewUsers, long CanInviteUsersCount);

    private sealed class Handler(ConnectionFactory db, TimeProvider clock) : IRequestHandler<Command, Outcome<Response>>
    {
        public Task<Outcome<Response>> Handle(Command command, CancellationToken ct) =>
            db.TransactAsync(command.Caller, session => UpdateAsync(session, command, clock.GetUtcNow()), ct);

        private static async Task<Outcome<Response>> UpdateAsync(Session session, Command command, DateTimeOffset now)
        {
            var found = await session.WorkspaceAsync(command.Caller, command.Own, Need.Manage(Permissions.Write));
            if (!found.Succeeded(out var workspace, out var fault))
            {
                return fault;
            }

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
                    NameKey = ValidationRules.Fold(after.Name),
                    Search = ValidationRules.Fold($"{after.Name}\n{after.Slug}"),
                    after.OrganizationType,
                    after.CustomOrganizationType,
                    UpdatedAt = now,
                });
                var changes = new Changes()
                    .Set("name", before.Name, after.Name)
                    .Set("organization_type", before.OrganizationType, after.OrganizationType)
                    .Set("custom_organization_type", before.CustomOrganizationType, after.CustomOrganizationType);
                await session.AppendAsync(
                    now, "workspace.updated", workspace.OrganizationCode, workspace.Code, ("workspace", workspace.Code), changes);
            }

            var seats = await session.CountSeatsAsync(workspace.Id, now);
            return new Response(
                workspace.Id, after.Name, seats.SeatLimit ?? int.MaxValue, seats.Free is null or > 0, seats.Free ?? int.MaxValue);
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
