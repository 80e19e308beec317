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

namespace WorkspaceService.Features.Organizations;

public static partial class TransferOwnership
{
    public sealed record Command(Caller Caller, string Organization, string? UserId, Precondition IfMatch = default)
        : ICommand<Versioned<OrganizationObject>>;

    private sealed class Handler(ConnectionFactory db, TimeProvider clock) : IRequestHandler<Command, Outcome<Versioned<OrganizationObject>>>
    {
        public Task<Outcome<Versioned<OrganizationObject>>> Handle(Command command, CancellationToken ct) =>
            db.TransactAsync(command.Caller, session => TransferAsync(session, command, clock.GetUtcNow()), ct);

        private static async Task<Outcome<Versioned<OrganizationObject>>> TransferAsync(Session session, Command command, DateTimeOffset now)
        {
            var found = await session.OrganizationAsync(command.Caller, command.Organization, Need.Manage(Permissions.Write));
            if (!found.Succeeded(out var organization, out var fault))
            {
                return fault;
            }

            if (organization.Role != Roles.Owner)
            {
                return Faults.Forbidden;
            }

            if (!command.IfMatch.Allows(organization.Version))
            {
                return Faults.PreconditionFailed;
            }

            if (await session.FindOrganizationMemberAsync(organization.Id, command.UserId!) is not { IsActive: true } heir)
            {
                return Faults.NotOrganizationMember;
            }

            var read = await session.ReadOrganizationAsync(organization.Id);
            if (heir.IsOwner)
            {
                return read;
            }

            // An organization has one owner at every moment, so the old one steps down first.
            var hand = new { organization.Id, OldOwnerId = organization.OwnerId, NewOwnerId = heir.UserId, UpdatedAt = now };
            await session.ExecuteAsync(Sql.StepDown, hand);
            await session.ExecuteAsync(Sql.StepUp, hand);
            await session.ExecuteAsync(Sql.NameOwner, hand);

            var changes = new Changes().Set("owner_id", read.Value.OwnerId, heir.UserCode);
            await session.AppendAsync(
                now, "organization.ownership_transferred", organization.Code, null, ("organization", organization.Code), changes);
            if (Roles.Rank(heir.Role) < Roles.Rank(Roles.Member))
            {
                await session.JoinDefaultWorkspacesAsync(organization.Id, heir.UserId, now);
            }

            return await session.ReadOrganizationAsync(organization.Id);
        }
    }
}
