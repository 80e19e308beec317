using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Postgres;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>A workspace and the caller's roles.</summary>
/// <param name="Facts">The stored facts about the workspace and the caller's user.</param>
/// <param name="OrganizationRole">The caller's role in the organization; null for none, and for a narrowed key.</param>
/// <param name="Role">The caller's effective role; null for none.</param>
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
/// Authorization for workspaces. Faults, in this order: <c>not_found</c> where the caller may not see the workspace,
/// <c>forbidden</c>, <c>organization_suspended</c>, <c>workspace_archived</c>.
/// </summary>
public static class WorkspaceAuthorization
{
    /// <summary>The workspace with this code, if the caller meets <paramref name="need"/>.</summary>
    public static ValueTask<Outcome<WorkspaceAccess>> FindAsync(Session session, string code, Need need)
    {
        if (session.InTransaction)
        {
            return LockAndFindAsync(session, code, need);
        }

        var reading = ReadAsync(session, code);
        return reading.IsCompletedSuccessfully
            ? new(Decide(session, reading.Result, need))
            : DecideAsync(session, reading, need);
    }

    private static async ValueTask<Outcome<WorkspaceAccess>> LockAndFindAsync(Session session, string code, Need need)
    {
        await WriteLocks.WorkspaceAsync(session, code, shared: !need.LocksAlone);
        var facts = await ReadAsync(session, code);
        if (facts is not null)
        {
            WriteLocks.Found(session, code);
        }

        return Decide(session, facts, need);
    }

    private static async ValueTask<Outcome<WorkspaceAccess>> DecideAsync(
        Session session, ValueTask<AccessFacts?> reading, Need need) => Decide(session, await reading, need);

    private static ValueTask<AccessFacts?> ReadAsync(Session session, string code) =>
        AccessReader.FindAsync(session, new AccessKey(code, session.Caller.UserCode ?? ""));

    private static Outcome<WorkspaceAccess> Decide(Session session, AccessFacts? facts, Need need) =>
        facts is null ? Faults.NotFound : Evaluate(session.Caller, facts, need);

    /// <summary>The decision on the facts about the caller's user; reads nothing.</summary>
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

        // R12: a private workspace is visible with a role in it; the others also to organization members of rank member
        // or higher.
        if (access.Role is null
            && (need.Inside || facts.Type == WorkspaceSettings.Private
                || Roles.Rank(access.OrganizationRole) < Roles.Rank(Roles.Member)))
        {
            return Faults.NotFound;
        }

        caller.AsksFor(facts.OrganizationCode, facts.Code);
        var rank = Roles.Rank(need.OfOrganization ? access.OrganizationRole : access.Role);
        return !caller.May(need.Permission) || rank < need.Rank ? Faults.Forbidden
            : need.Writes && facts.OrganizationStatus != OrganizationSettings.Active && !caller.IsRoot
                ? Faults.OrganizationSuspended
            : need.Writes && facts.IsArchived && !need.InArchived ? Faults.WorkspaceArchived
            : access;
    }
}
