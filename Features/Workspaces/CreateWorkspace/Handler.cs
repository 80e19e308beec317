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

public static partial class CreateWorkspace
{
    /// <param name="Slug">Null to derive one from the name.</param>
    /// <param name="Type">Null for private.</param>
    /// <param name="SeatLimit">Null for unlimited.</param>
    /// <param name="MostWorkspaces">The most that the organization may have after it, beside its plan; null for unlimited.</param>
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

    private sealed class Handler(ConnectionFactory db, TimeProvider clock) : IRequestHandler<Command, Outcome<Versioned<WorkspaceObject>>>
    {
        public Task<Outcome<Versioned<WorkspaceObject>>> Handle(Command command, CancellationToken ct) =>
            db.TransactAsync(command.Caller, session => CreateAsync(session, command, clock.GetUtcNow()), ct);

        private static async Task<Outcome<Versioned<WorkspaceObject>>> CreateAsync(Session session, Command command, DateTimeOffset now)
        {
            var caller = command.Caller;
            var found = await session.OrganizationAsync(caller, command.OrganizationId!, Creating);
            if (!found.Succeeded(out var organization, out var fault))
            {
                return fault;
            }

            if (organization.HasCeiling && Roles.Rank(organization.Role) < Roles.Rank(Roles.Admin))
            {
                return Faults.Forbidden;
            }

            var claim = new { organization.Id, Unbound = caller.IsRoot ? 1 : 0, Most = command.MostWorkspaces };
            if (await session.ExecuteAsync(Sql.ClaimPlace, claim) == 0)
            {
                return Faults.PlanLimitExceeded("workspaces", await session.ScalarAsync<long?>(Sql.Limit, claim));
            }

            var owner = await session.CreatingUserAsync(caller, organization);
            var name = command.Name!.Trim();
            var settings = WorkspaceSettings.Merge(null, command.Settings);
            var (id, code) = await session.MintAsync(Codes.Workspace, now);
            var slug = await InsertAsync(session, organization.Id, command.Slug, name, slug => new
            {
                Id = id,
                Code = code,
                OrganizationId = organization.Id,
                Name = name,
                NameKey = ValidationRules.Fold(name),
                Slug = slug,
                Search = ValidationRules.Fold($"{name}\n{slug}"),
                Type = command.Type ?? "private",
                command.Description,
                OwnerId = owner,
                Settings = RawJson.Of(settings),
                Currency = WorkspaceSettings.CurrencyOf(settings),
                command.SeatLimit,
                CreatedAt = now,
            });
            if (slug is null)
            {
                return SlugTaken(command.Slug!);
            }

            if (await session.AddMemberAsync(id, owner, Roles.Admin, now) is { } refused)
            {
                return refused;
            }

            var changes = new Changes().Set("name", null, name).Set("slug", null, slug).Set("type", null, command.Type ?? "private");
            await session.AppendAsync(now, "workspace.created", organization.Code, code, ("workspace", code), changes);
            await session.FillDefaultWorkspaceAsync(id, now);
            return await session.ReadWorkspaceAsync(id, now);
        }

        // The slug that was taken by the insert; null where the given one belongs to another workspace.
        private static async Task<string?> InsertAsync(
            Session session, long organizationId, string? given, string name, Func<string, object> row)
        {
            var slug = given ?? Slug.From(name);
            if (await session.ExecuteAsync(Sql.Insert, row(slug)) == 1)
            {
                return slug;
            }

            if (given is not null)
            {
                return null;
            }

            var taken = (await session.ListAsync<string>(
                Sql.ListSlugs, new { OrganizationId = organizationId, Stem = Slug.Stem(slug) })).ToHashSet();
            for (var n = 2L; ; n++)
            {
                var next = Slug.Numbered(slug, n);
                if (!taken.Contains(next) && await session.ExecuteAsync(Sql.Insert, row(next)) == 1)
                {
                    return next;
                }
            }
        }

        // Members may open workspaces too where roles are additive, so the rank is looked at again once that is known.
        private static readonly Need Creating = Need.Manage(Permissions.Write) with { Rank = Roles.Rank(Roles.Member) };
    }
}
