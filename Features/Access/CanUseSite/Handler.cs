using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
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
        [property: OneOf(
            "user_inactive",
            "not_a_member",
            "workspace_archived",
            "organization_suspended",
            "subscription_ended",
            "trial_ended")]
        string? Reason);

    private static readonly Fault UserRequired =
        Fault.Parameter("user_id", "is required of a key that stands for no user.");

    private sealed class Handler(ConnectionFactory db) : QueryHandler<Query, Response>(db)
    {
        protected override async Task<Outcome<Response>> HandleAsync(Query query, Session session)
        {
            if ((query.UserId ?? query.Caller.UserCode) is not { } user)
            {
                return UserRequired;
            }

            return (await AccessReader.AskAsync(session, new AccessKey(query.WorkspaceId!, user)))
                .Then<Response>(access => new Response(access.DenialReason is null, access.DenialReason));
        }
    }
}
