using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>An organization as the caller stands to it, and one member of it.</summary>
public sealed record OrganizationMemberAccess(OrganizationAccess Organization, OrganizationMemberRow Member)
    : IVersioned
{
    public long Version => Member.Version;
}

/// <summary>Who may see and do what with the members of an organization.</summary>
public static class OrganizationMemberAuthorization
{
    /// <summary>
    /// One member of an organization, if the caller may do with the organization's members what <paramref name="need"/>
    /// says. Someone who is no member is <c>not_found</c>, also to a caller who may do nothing here; with
    /// <paramref name="orItself"/>, people need no more than to belong in order to do it with themselves.
    /// </summary>
    public static async ValueTask<Outcome<OrganizationMemberAccess>> FindAsync(
        Session session, string organization, string user, Need need, bool orItself = false)
    {
        var caller = session.Caller;
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
