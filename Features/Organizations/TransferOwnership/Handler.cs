using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Organizations;

public static partial class TransferOwnership
{
    public sealed record Command(Caller Caller, string Organization, string? UserId, Precondition IfMatch = default)
        : ICommand<Versioned<OrganizationObject>>;

    private sealed class Handler(ConnectionFactory db)
        : CommandHandler<Command, OrganizationAccess, Versioned<OrganizationObject>>(db)
    {
        protected override async ValueTask<Outcome<OrganizationAccess>> FindAsync(Command command, Session session) =>
            (await OrganizationAuthorization.FindAsync(session, command.Organization, Need.Manage(Permissions.Write)))
                .Then<OrganizationAccess>(organization =>
                    organization.Role == Roles.Owner ? organization : Faults.Forbidden);

        protected override async Task<Outcome<Versioned<OrganizationObject>>> HandleAsync(
            Command command, OrganizationAccess organization, Session session)
        {
            var found = await OrganizationMembership.FindAsync(session, organization.Id, command.UserId!);
            if (found is not { IsActive: true } newOwner)
            {
                return Faults.NotOrganizationMember;
            }

            var before = await OrganizationObject.ReadAsync(session, organization.Id);
            if (newOwner.IsOwner)
            {
                return before;
            }

            // A unique index allows one owner per organization, so the old one is demoted first.
            var owners = new
            {
                organization.Id,
                OldOwnerId = organization.OwnerId,
                NewOwnerId = newOwner.UserId,
                UpdatedAt = session.Now,
            };
            await session.ExecuteAsync(Sql.DemoteOldOwner, owners);
            await session.ExecuteAsync(Sql.PromoteNewOwner, owners);
            await session.ExecuteAsync(Sql.SetOwner, owners);
            await EventLog.AppendAsync(
                session,
                "organization.ownership_transferred",
                organization.Code,
                null,
                ("organization", organization.Code),
                Changes.Of("owner_id", before.Value.OwnerId, newOwner.UserCode));
            if (Roles.Rank(newOwner.Role) < Roles.Rank(Roles.Member))
            {
                await DefaultWorkspaces.JoinAsync(session, newOwner.UserId, organization.Id);
            }

            return await OrganizationObject.ReadAsync(session, organization.Id);
        }
    }
}
