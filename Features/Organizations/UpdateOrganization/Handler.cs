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

public static partial class UpdateOrganization
{
    public sealed record Command(Caller Caller, string Organization, Precondition IfMatch = default)
        : ICommand<Versioned<OrganizationObject>>
    {
        public Optional<string?> Name { get; init; }

        public Optional<string?> Slug { get; init; }

        public Optional<string?> BillingEmail { get; init; }

        /// <summary>A merge patch of the settings; null puts them all back to their defaults.</summary>
        public Optional<JsonObject?> Settings { get; init; }

        public Optional<string?> Status { get; init; }

        public Optional<string?> PlanId { get; init; }

        /// <summary>A merge patch of the limits; null lifts them all.</summary>
        public Optional<LimitsPatch?> Limits { get; init; }

        public Optional<string?> SubscriptionStatus { get; init; }

        public Optional<DateTimeOffset?> TrialEndsAt { get; init; }

        internal bool TouchesThePlan =>
            Status.IsGiven || PlanId.IsGiven || Limits.IsGiven || SubscriptionStatus.IsGiven || TrialEndsAt.IsGiven;
    }

    /// <summary>Limits that are to change; null is unlimited.</summary>
    public sealed record LimitsPatch(Optional<long?> Workspaces, Optional<long?> Members, Optional<long?> ActiveServiceLines);

    private static readonly Fault SettingsTooLong = Fault.Invalid("/settings", "too_long", "Use at most 16 KB in all.");

    private static Fault SlugTaken(string slug) =>
        Fault.Conflict("slug_taken", $"The slug '{slug}' already belongs to an organization.");

    private sealed class Handler(ConnectionFactory db, TimeProvider clock) : IRequestHandler<Command, Outcome<Versioned<OrganizationObject>>>
    {
        public Task<Outcome<Versioned<OrganizationObject>>> Handle(Command command, CancellationToken ct) =>
            db.TransactAsync(command.Caller, session => UpdateAsync(session, command, clock.GetUtcNow()), ct);

        private static async Task<Outcome<Versioned<OrganizationObject>>> UpdateAsync(Session session, Command command, DateTimeOffset now)
        {
            var found = await session.OrganizationAsync(command.Caller, command.Organization, Need.Manage(Permissions.Write));
            if (!found.Succeeded(out var scope, out var fault))
            {
                return fault;
            }

            if (command.TouchesThePlan && !command.Caller.IsRoot)
            {
                return Faults.Forbidden;
            }

            if (!command.IfMatch.Allows(scope.Version))
            {
                return Faults.PreconditionFailed;
            }

            var read = await session.ReadOrganizationAsync(scope.Id);
            var before = read.Value;
            var settings = before.Settings.ToObject();
            var merged = !command.Settings.IsGiven ? settings
                : OrganizationSettings.Merge(command.Settings.Value is null ? null : settings, command.Settings.Value);
            if (!ValidationRules.IsSmall(merged))
            {
                return SettingsTooLong;
            }

            var after = before with
            {
                Name = command.Name.Or(before.Name)!.Trim(),
                Slug = command.Slug.Or(before.Slug)!,
                BillingEmail = command.BillingEmail.Or(before.BillingEmail),
                Settings = JsonNode.DeepEquals(settings, merged) ? before.Settings : RawJson.Of(merged),
                Status = command.Status.Or(before.Status)!,
                PlanId = command.PlanId.Or(before.PlanId),
                Limits = command.Limits.IsGiven ? Merge(before.Limits, command.Limits.Value) : before.Limits,
                SubscriptionStatus = command.SubscriptionStatus.Or(before.SubscriptionStatus)!,
                TrialEndsAt = ToMilliseconds(command.TrialEndsAt.Or(before.TrialEndsAt)),
            };
            var changes = Compare(before, after);
            if (changes.Count == 0)
            {
                return read;
            }

            if (await session.ExecuteAsync(Sql.Update, Row(scope.Id, after, OrganizationSettings.HasCeiling(merged), now)) == 0)
            {
                return SlugTaken(after.Slug);
            }

            await session.AppendAsync(now, "organization.updated", scope.Code, null, ("organization", scope.Code), changes);
            return await session.ReadOrganizationAsync(scope.Id);
        }

        // As it is stored, so that the same time again is no change.
        private static DateTimeOffset? ToMilliseconds(DateTimeOffset? time) =>
            time is { } given ? DateTimeOffset.FromUnixTimeMilliseconds(given.ToUnixTimeMilliseconds()) : null;

        private static PlanLimits Merge(PlanLimits current, LimitsPatch? patch) => patch is null
            ? new(null, null, null)
            : new(
                patch.Workspaces.Or(current.Workspaces),
                patch.Members.Or(current.Members),
                patch.ActiveServiceLines.Or(current.ActiveServiceLines));

        private static Changes Compare(OrganizationObject before, OrganizationObject after) => new Changes()
            .Set("name", before.Name, after.Name)
            .Set("slug", before.Slug, after.Slug)
            .Set("billing_email", before.BillingEmail, after.BillingEmail)
            .Set("settings", before.Settings, after.Settings)
            .Set("status", before.Status, after.Status)
            .Set("plan_id", before.PlanId, after.PlanId)
            .Set("limits", before.Limits, after.Limits)
            .Set("subscription_status", before.SubscriptionStatus, after.SubscriptionStatus)
            .Set("trial_ends_at", before.TrialEndsAt, after.TrialEndsAt);

        private static object Row(long id, OrganizationObject organization, bool ceiling, DateTimeOffset now) => new
        {
            Id = id,
            organization.Name,
            organization.Slug,
            Search = ValidationRules.Fold($"{organization.Name}\n{organization.Slug}"),
            organization.BillingEmail,
            organization.Status,
            organization.PlanId,
            organization.LimitWorkspaces,
            organization.LimitMembers,
            organization.LimitActiveServiceLines,
            organization.SubscriptionStatus,
            organization.TrialEndsAt,
            organization.Settings,
            WorkspaceRoleCeiling = ceiling ? 1 : 0,
            UpdatedAt = now,
        };
    }
}
