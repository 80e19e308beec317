using MediatR;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Features.Access;

public static partial class CanUseSite
{
    /// <param name="UserId">Null for the caller's own user.</param>
    public sealed record Query(Caller Caller, string? WorkspaceId, string? UserId = null) : IQuery<Response>;

    /// <param name="Reason">
    /// user_inactive, not_a_member, workspace_archived, organization_suspended, subscription_ended or trial_ended; null when
    /// the site may be used.
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

    private static readonly Fault UserRequired = Fault.Parameter("user_id", "is required of a key that stands for no user.");

    private sealed class Handler(AccessReader standings) : IRequestHandler<Query, Outcome<Response>>
    {
        public async Task<Outcome<Response>> Handle(Query query, CancellationToken ct)
        {
            if ((query.UserId ?? query.Caller.UserCode) is not { } user)
            {
                return UserRequired;
            }

            var asked = await standings.AskAsync(query.Caller, new Pair(query.WorkspaceId!, user), ct);
            return asked.Succeeded(out var standing, out var fault)
                ? new Response(standing.DenialReason is null, standing.DenialReason)
                : fault;
        }
    }
}
