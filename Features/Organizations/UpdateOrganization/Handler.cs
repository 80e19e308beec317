using System.Text.Json.Nodes;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Organizations;

public static partial class UpdateOrganization
{
    public sealed record Command(Caller Caller, string Organization, Body Patch, Precondition IfMatch = default)
        : ICommand<Versioned<OrganizationObject>>
    {
        internal bool ChangesPlan =>
            Patch.Status.IsGiven
            || Patch.PlanId.IsGiven
            || Patch.Limits.IsGiven
            || Patch.SubscriptionStatus.IsGiven
            || Patch.TrialEndsAt.IsGiven;
    }

    private static readonly Fault SettingsTooLong =
        Fault.Invalid("/settings", "too_long", "Use at most 16 KB in all.");

    private static Fault SlugTaken(string slug) =>
        Fault.Conflict("slug_taken", $"The slug '{slug}' already belongs to an organization.");

    private sealed class Handler(ConnectionFactory db)
        : CommandHandler<Command, OrganizationAccess, Versioned<OrganizationObject>>(db)
    {
        protected override async ValueTask<Outcome<OrganizationAccess>> FindAsync(Command command, Session session) =>
            (await OrganizationAuthorization.FindAsync(session, command.Organization, Need.Manage(Permissions.Write)))
                .Then<OrganizationAccess>(organization =>
                    command.ChangesPlan && !command.Caller.IsRoot ? Faults.Forbidden : organization);

        protected override async Task<Outcome<Versioned<OrganizationObject>>> HandleAsync(
            Command command, OrganizationAccess organization, Session session)
        {
            var patch = command.Patch;
            var read = await OrganizationObject.ReadAsync(session, organization.Id);
            var before = read.Value;
            var settings = before.Settings.ToObject();
            var merged = patch.Settings.IsGiven ? Merge(settings, patch.Settings.Value) : settings;
            if (!ValidationRules.IsSmall(merged))
            {
                return SettingsTooLong;
            }

            var after = before with
            {
                Name = patch.Name.Or(before.Name)!.Trim(),
                Slug = patch.Slug.Or(before.Slug)!,
                BillingEmail = patch.BillingEmail.Or(before.BillingEmail) is { } billing
                    ? EmailAddress.Normalize(billing) ?? billing
                    : null,
                Settings = JsonNode.DeepEquals(settings, merged) ? before.Settings : RawJson.Of(merged),
                Status = patch.Status.Or(before.Status)!,
                PlanId = patch.PlanId.Or(before.PlanId),
                Limits = patch.Limits.IsGiven ? Merge(before.Limits, patch.Limits.Value) : before.Limits,
                SubscriptionStatus = patch.SubscriptionStatus.Or(before.SubscriptionStatus)!,
                TrialEndsAt = ToMilliseconds(patch.TrialEndsAt.Or(before.TrialEndsAt)),
            };
            var changes = Compare(before, after);
            if (changes.Count == 0)
            {
                return read;
            }

            var row = Row(organization.Id, after, OrganizationSettings.HasCeiling(merged), session.Now);
            if (await session.ExecuteAsync(Sql.Update, row) == 0)
            {
                return SlugTaken(after.Slug);
            }

            await EventLog.AppendAsync(
                session,
                "organization.updated",
                organization.Code,
                null,
                ("organization", organization.Code),
                changes);
            return await OrganizationObject.ReadAsync(session, organization.Id);
        }

        private static JsonObject Merge(JsonObject settings, JsonObject? patch) =>
            OrganizationSettings.Merge(patch is null ? null : settings, patch);

        private static PlanLimits Merge(PlanLimits current, LimitsPatch? patch) => patch is null
            ? new(null, null, null)
            : new(
                patch.Workspaces.Or(current.Workspaces),
                patch.Members.Or(current.Members),
                patch.ActiveServiceLines.Or(current.ActiveServiceLines));

        // The stored precision, so that the same time is no change.
        private static DateTimeOffset? ToMilliseconds(DateTimeOffset? time) =>
            time is { } given ? DateTimeOffset.FromUnixTimeMilliseconds(given.ToUnixTimeMilliseconds()) : null;

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
            Search = SearchText.Fold($"{organization.Name}\n{organization.Slug}"),
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
