using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Postgres;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>The caller's role in an organization, and one member of it.</summary>
public sealed record OrganizationMemberAccess(OrganizationAccess Organization, OrganizationMemberRow Member)
    : IVersioned
{
    public long Version => Member.Version;
}

/// <summary>Authorization for the members of an organization.</summary>
public static class OrganizationMemberAuthorization
{
    /// <summary>
    /// The member with this user code, if the caller meets <paramref name="need"/> in the organization. A user who is
    /// no member is <c>not_found</c>, also for a caller without the required role. With <paramref name="orItself"/> a
    /// caller needs no rank for its own membership.
    /// </summary>
    public static async ValueTask<Outcome<OrganizationMemberAccess>> FindAsync(
        Session session, string organization, string user, Need need, bool orItself = false)
    {
        var caller = session.Caller;
        await WriteLocks.OrganizationAsync(session, organization, shared: !need.LocksAlone);
        var visible = Need.Read.WithAnyPermissionOf(caller);
        if (!(await OrganizationAuthorization.FindAsync(session, organization, visible))
            .Succeeded(out var seen, out var unseen))
        {
            return unseen;
        }

        if (await OrganizationMembership.FindAsync(session, seen.Id, user) is not { } member)
        {
            return Faults.NotFound;
        }

        var asked = orItself && member.UserId == caller.UserId ? need with { Rank = 0 } : need;
        return (await OrganizationAuthorization.FindAsync(session, organization, asked))
            .Then<OrganizationMemberAccess>(allowed => new OrganizationMemberAccess(allowed, member));
    }
}
