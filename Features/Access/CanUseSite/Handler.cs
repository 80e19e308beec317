using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Access;

public static partial class CanUseSite
{
    /// <param name="UserId">Null for the caller's own user.</param>
    public sealed record Query(Caller Caller, string? WorkspaceId, string? UserId = null) : IQuery<Response>;

    /// <param name="Reason">
    /// user_inactive, not_a_member, workspace_archived, organization_suspended, subscription_ended or trial_ended; null
    /// when the site may be used.
    /// </param>
    /// <example>{ "can_use_site": true, "reason": null }</example>
    public sealed record Response(
        bool CanUseSite,
        [property: OneOf(typeof(DenialReason), nameof(DenialReason.OfSite))] string? Reason);

    public sealed record Subscription
    {
        public string SubscriptionStatus { get; init; } = "";

        public DateTimeOffset? TrialEndsAt { get; init; }
    }

    private static readonly Fault UserRequired =
        Fault.Parameter("user_id", "is required of a key that stands for no user.");

    /// <summary>The one reason against the use of the site (R16); null where there is none.</summary>
    public static string? ReasonAgainst(EffectiveAccess access, Subscription subscription, DateTimeOffset now) =>
        access.DenialReason is { } reason ? reason
        : access.Facts.IsArchived ? DenialReason.WorkspaceArchived
        : access.Facts.OrganizationStatus != OrganizationSettings.Active ? DenialReason.OrganizationSuspended
        : subscription.SubscriptionStatus is "active" or "past_due" ? null
        : subscription.SubscriptionStatus != "trialing" ? DenialReason.SubscriptionEnded
        : subscription.TrialEndsAt > now ? null
        : DenialReason.TrialEnded;

    private sealed class Handler(ConnectionFactory db) : QueryHandler<Query, Response>(db)
    {
        protected override async Task<Outcome<Response>> HandleAsync(Query query, Session session)
        {
            if ((query.UserId ?? query.Caller.UserCode) is not { } user)
            {
                return UserRequired;
            }

            var asked = new AccessKey(query.WorkspaceId!, user);
            if (!(await AccessReader.CheckAsync(session, asked)).Succeeded(out var access, out var fault))
            {
                return fault;
            }

            var organization = new { access.Facts.OrganizationId };
            var subscription = await session.GetCachedAsync<Subscription>(Sql.FindSubscription, organization);
            var reason = ReasonAgainst(access, subscription, session.Now);
            return new Response(reason is null, reason);
        }
    }
}
