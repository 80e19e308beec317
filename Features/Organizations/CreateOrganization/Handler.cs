using System.Text.Json.Nodes;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

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

    private sealed class Handler(ConnectionFactory db) : CommandHandler<Command, Versioned<OrganizationObject>>(db)
    {
        protected override async Task<Outcome<Versioned<OrganizationObject>>> HandleAsync(
            Command command, Session session)
        {
            if (!command.Caller.IsRoot)
            {
                return Faults.Forbidden;
            }

            if (await UserRecords.FindAsync(session, command.OwnerId!) is not { IsActive: true } owner)
            {
                return OwnerUnknown;
            }

            var name = command.Name!.Trim();
            var slug = command.Slug ?? await FindFreeSlugAsync(name, session);
            var settings = OrganizationSettings.Merge(null, command.Settings);
            var (id, code) = await Codes.MintAsync(session, Codes.Organization);
            var row = new
            {
                Id = id,
                Code = code,
                Name = name,
                Slug = slug,
                Search = SearchText.Fold($"{name}\n{slug}"),
                BillingEmail = command.BillingEmail is { } billing ? EmailAddress.Normalize(billing) : null,
                OwnerId = owner.Id,
                Status = command.Status ?? OrganizationSettings.Active,
                command.PlanId,
                LimitWorkspaces = command.Limits?.Workspaces,
                LimitMembers = command.Limits?.Members,
                LimitActiveServiceLines = command.Limits?.ActiveServiceLines,
                SubscriptionStatus = command.SubscriptionStatus ?? "active",
                command.TrialEndsAt,
                Settings = RawJson.Of(settings),
                WorkspaceRoleCeiling = OrganizationSettings.HasCeiling(settings) ? 1 : 0,
                CreatedAt = session.Now,
            };
            if (await session.ExecuteAsync(Sql.Insert, row) == 0)
            {
                return SlugTaken(slug);
            }

            if (await OrganizationMembership.AddOwnerAsync(session, id, owner.Id) is { } refused)
            {
                return refused;
            }

            var changes = new Changes()
                .Set("name", null, name)
                .Set("slug", null, slug)
                .Set("owner_id", null, owner.Code);
            await EventLog.AppendAsync(
                session, "organization.created", code, null, ("organization", code), changes);
            return await OrganizationObject.ReadAsync(session, id);
        }

        private static async Task<string> FindFreeSlugAsync(string name, Session session) =>
            Slug.FirstFree(name, await session.ListAsync<string>(Sql.ListSlugs, new { Stem = Slug.Stem(name) }));
    }
}
