using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>The caller's access to a workspace, and one explicit member of it.</summary>
public sealed record MemberAccess(WorkspaceAccess Workspace, MemberRow Member) : IVersioned
{
    public long Version => Member.Version;
}

/// <summary>Authorization for members, by the caller's access to their workspace.</summary>
public static class MemberAuthorization
{
    /// <summary>The member with this user code, if the caller meets <paramref name="need"/>.</summary>
    public static async ValueTask<Outcome<MemberAccess>> FindAsync(
        Session session, string workspaceCode, string userCode, Need need)
    {
        if (!(await WorkspaceAuthorization.FindAsync(session, workspaceCode, need))
            .Succeeded(out var workspace, out var fault))
        {
            return fault;
        }

        return await Membership.FindAsync(session, workspace.Id, userCode) is { } member
            ? new MemberAccess(workspace, member)
            : Faults.NotFound;
    }
}
