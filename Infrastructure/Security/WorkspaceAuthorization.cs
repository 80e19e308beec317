using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>A workspace as its caller stands to it.</summary>
/// <param name="Facts">What is stored about the workspace and the caller's user.</param>
/// <param name="OrganizationRole">The caller's role in the organization; null for none, and for a narrowed key.</param>
/// <param name="Role">The caller's effective role; null where it only sees the workspace.</param>
public sealed record WorkspaceAccess(AccessFacts Facts, string? OrganizationRole, string? Role) : IWorkspace, IVersioned
{
    public long Id => Facts.Id;

    public string Code => Facts.Code;

    public long OrganizationId => Facts.OrganizationId;

    public string OrganizationCode => Facts.OrganizationCode;

    public string Type => Facts.Type;

    public string Status => Facts.Status;

    public bool IsArchived => Facts.IsArchived;

    public bool HasCeiling => Facts.HasCeiling;

    public long Version => Facts.Version;

    /// <summary>The caller's explicit membership; null for none.</summary>
    public string? WorkspaceRole => Facts.WorkspaceRole;
}

/// <summary>
/// Who may see and do what with a workspace. What a caller may not see is <c>not_found</c>; what it may see but not do
/// is <c>forbidden</c>, then <c>organization_suspended</c>, then <c>workspace_archived</c>.
/// </summary>
public static class WorkspaceAuthorization
{
    /// <summary>The workspace of this code, if the caller may do with it what <paramref name="need"/> says.</summary>
    public static ValueTask<Outcome<WorkspaceAccess>> FindAsync(Session session, string code, Need need)
    {
        var reading = AccessReader.FindAsync(session, new AccessKey(code, session.Caller.UserCode ?? ""));
        return reading.IsCompletedSuccessfully ? new(Judge(reading.Result)) : JudgeAsync(reading);

        async ValueTask<Outcome<WorkspaceAccess>> JudgeAsync(ValueTask<AccessFacts?> read) => Judge(await read);

        Outcome<WorkspaceAccess> Judge(AccessFacts? facts) =>
            facts is null ? Faults.NotFound : Evaluate(session.Caller, facts, need);
    }

    /// <summary>The decision itself, on the facts about the caller's user.</summary>
    internal static Outcome<WorkspaceAccess> Evaluate(Caller caller, AccessFacts facts, Need need)
    {
        if (!caller.Reaches(facts.OrganizationId) || (caller.WorkspaceId is { } only && only != facts.Id))
        {
            return Faults.NotFound;
        }

        var access = caller.Kind switch
        {
            CallerKind.Root => new WorkspaceAccess(facts, Roles.Owner, Roles.Admin),
            CallerKind.User => new WorkspaceAccess(
                facts,
                facts.OrganizationRole,
                Roles.Effective(facts.OrganizationRole, facts.WorkspaceRole, facts.HasCeiling)),
            _ => new WorkspaceAccess(facts, caller.WorkspaceId is null ? Roles.Admin : null, Roles.Admin),
        };

        // R12: a private workspace is seen by those with a role in it; the others also by active members of rank member
        // or higher.
        if (access.Role is null
            && (need.Inside || facts.Type == WorkspaceSettings.Private
                || Roles.Rank(access.OrganizationRole) < Roles.Rank(Roles.Member)))
        {
            return Faults.NotFound;
        }

        var rank = Roles.Rank(need.OfOrganization ? access.OrganizationRole : access.Role);
        return !caller.May(need.Permission) || rank < need.Rank ? Faults.Forbidden
            : need.Writes && facts.OrganizationStatus != OrganizationSettings.Active && !caller.IsRoot
                ? Faults.OrganizationSuspended
            : need.Writes && facts.IsArchived && !need.InArchived ? Faults.WorkspaceArchived
            : access;
    }
}
