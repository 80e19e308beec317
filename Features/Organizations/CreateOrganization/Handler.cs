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

namespace WorkspaceService.Features.Organizations;

public static partial class CreateOrganization
{
    /// <param name="Slug">Null to derive one from the name.</param>
    /// <param name="Status">Null for active.</param>
    /// <param name="SubscriptionStatus">Null for active.</param>
    public sealed record Command(
        Caller Caller,
        string? Name,
        string? Slug = null,
        string? BillingEmail = null,
        string? OwnerId = null,
        string? Status = null,
        string? PlanId = null,
        PlanLimits? Limits = null,
        string? SubscriptionStatus = null,
        DateTimeOffset? TrialEndsAt = null,
        JsonObject? Settings = null) : ICommand<Versioned<OrganizationObject>>;

    private static readonly Fault OwnerUnknown =
        Fault.Invalid("/owner_id", "not_found", "There is no active user of this id; create the user first.");

    private static Fault SlugTaken(string slug) =>
        Fault.Conflict("slug_taken", $"The slug '{slug}' already belongs to an organization.");

    private sealed class Handler(ConnectionFactory db, TimeProvider clock) : IRequestHandler<Command, Outcome<Versioned<OrganizationObject>>>
    {
        public Task<Outcome<Versioned<OrganizationObject>>> Handle(Command command, CancellationToken ct) =>
            db.TransactAsync(command.Caller, session => CreateAsync(session, command, clock.GetUtcNow()), ct);

        private static async Task<Outcome<Versioned<OrganizationObject>>> CreateAsync(Session session, Command command, DateTimeOffset now)
        {
            if (!command.Caller.IsRoot)
            {
                return Faults.Forbidden;
            }

            if (await session.FindUserAsync(command.OwnerId!) is not { IsActive: true } owner)
            {
                return OwnerUnknown;
            }

            var name = command.Name!.Trim();
            var settings = OrganizationSettings.Merge(null, command.Settings);
            var (id, code) = await session.MintAsync(Codes.Organization, now);
            var slug = await InsertAsync(session, command.Slug, name, slug => new
            {
                Id = id,
                Code = code,
                Name = name,
                Slug = slug,
                Search = ValidationRules.Fold($"{name}\n{slug}"),
                command.BillingEmail,
                OwnerId = owner.Id,
                Status = command.Status ?? "active",
                command.PlanId,
                LimitWorkspaces = command.Limits?.Workspaces,
                LimitMembers = command.Limits?.Members,
                LimitActiveServiceLines = command.Limits?.ActiveServiceLines,
                SubscriptionStatus = command.SubscriptionStatus ?? "active",
                command.TrialEndsAt,
                Settings = RawJson.Of(settings),
                WorkspaceRoleCeiling = OrganizationSettings.HasCeiling(settings) ? 1 : 0,
                CreatedAt = now,
            });
            if (slug is null)
            {
                return SlugTaken(command.Slug!);
            }

            if (await session.AddOwnerAsync(id, owner.Id, now) is { } refused)
            {
                return refused;
            }

            var changes = new Changes().Set("name", null, name).Set("slug", null, slug).Set("owner_id", null, owner.Code);
            await session.AppendAsync(now, "organization.created", code, null, ("organization", code), changes);
            return await session.ReadOrganizationAsync(id);
        }

        // The slug that was taken by the insert; null where the given one belongs to another organization.
        private static async Task<string?> InsertAsync(Session session, string? given, string name, Func<string, object> row)
        {
            var slug = given ?? Slug.From(name);
            for (var n = 1L; ; n++)
            {
                var next = Slug.Numbered(slug, n);
                if (await session.ExecuteAsync(Sql.Insert, row(next)) == 1)
                {
                    return next;
                }

                if (given is not null)
                {
                    return null;
                }
            }
        }
    }
}
