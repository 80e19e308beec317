using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;

namespace WorkspaceService.Infrastructure.Surfaces.Console;

/// <summary>
/// What every page shows around its own matter: who is signed in, the organization and the workspace that the page is
/// about, and what the caller may do there. What it may not do is not offered; the rooms that decide it here are those
/// that decide it when it is asked.
/// </summary>
/// <param name="Who">The person's name, or what the key is.</param>
public sealed record Frame(Caller Caller, string Who)
{
    /// <summary>Null where the page is about none, or the caller may not see it.</summary>
    public OrganizationObject? Organization { get; init; }

    /// <summary>Null where the page is about none.</summary>
    public WorkspaceObject? Workspace { get; init; }

    /// <summary>The caller's effective role in the workspace; null for none.</summary>
    public string? WorkspaceRole => WorkspaceAccess?.Role;

    /// <summary>The caller's role in the organization; null for none.</summary>
    public string? OrganizationRole { get; init; }

    public bool IsArchived => Workspace?.Status == WorkspaceLifecycle.Archived;

    internal OrganizationAccess? OrganizationAccess { get; init; }

    internal WorkspaceAccess? WorkspaceAccess { get; init; }

    /// <summary>Why the caller may not do it in the workspace; null where it may.</summary>
    public Fault? RefusalInWorkspace(Need need) => WorkspaceAccess is { } access
        ? WorkspaceAuthorization.Evaluate(Caller, access.Facts, need).Match(_ => (Fault?)null, fault => fault)
        : Faults.NotFound;

    public bool MayInOrganization(Need need) => OrganizationAccess is { } access
        && OrganizationAuthorization.Evaluate(Caller, access, need).Succeeded(out _, out _);

    public bool MayInWorkspace(Need need) => WorkspaceAccess is { } access
        && WorkspaceAuthorization.Evaluate(Caller, access.Facts, need).Succeeded(out _, out _);

    /// <summary>Why the caller may not do it in the organization; null where it may.</summary>
    public Fault? RefusalInOrganization(Need need) => OrganizationAccess is { } access
        ? OrganizationAuthorization.Evaluate(Caller, access, need).Match(_ => (Fault?)null, fault => fault)
        : Faults.NotFound;

    /// <summary>
    /// Why the caller may issue, rotate and revoke no keys: at all, or of the organization that the page is about.
    /// </summary>
    public Fault? RefusalOfKeys => Caller.IsService ? Faults.Forbidden
        : Caller.HasOldText ? ApiKeyAuthorization.OldText
        : Organization is null ? null
        : RefusalInOrganization(Need.Read with { Writes = true });

    /// <summary>
    /// Why the caller may not see, or change, webhooks: of the organization that the page is about, or with a key that
    /// is narrowed to a workspace those of that workspace.
    /// </summary>
    public Fault? RefusalOfWebhooks(bool writes) => Caller.WorkspaceCode is null
        ? RefusalInOrganization(WebhookAuthorization.NeedInOrganization(writes))
        : RefusalInWorkspace(WebhookAuthorization.NeedInWorkspace(Caller, writes));

    /// <summary>False for a key of the owner's: with its new text an admin would come by the owner's power.</summary>
    public bool MayRotate(ApiKeyObject key) => Caller.IsRoot || key.UserId is null || key.UserId == Caller.UserCode
        || key.UserId != Organization?.OwnerId;

    // What several pages offer. The rest is asked where it is offered.

    public bool IsOrganizationAdmin => MayInOrganization(Need.Inspect(Permissions.Read));

    public bool MayManageOrganization => MayInOrganization(Need.Manage(Permissions.Write));

    /// <summary>An admin, and without the ceiling on roles a member too (R5).</summary>
    public bool MayCreateWorkspaces => OrganizationAccess is { } access
        && MayInOrganization(Need.Manage(Permissions.Write) with { Rank = Roles.Rank(Roles.Member) })
        && (!access.HasCeiling || access.IsAdministered);

    public bool MayManageOrganizationMembers => MayInOrganization(Need.Manage(Permissions.MembersManage));

    public bool MayManageMembers => MayInWorkspace(Need.Manage(Permissions.MembersManage));

    public bool MayManageWorkspace => MayInWorkspace(Need.Manage(Permissions.Write));

    public bool MayManageServiceLines => MayInWorkspace(Need.Manage(Permissions.ServiceLinesManage));

    public bool MayReadAudit => MayInOrganization(Need.Inspect(Permissions.AuditRead));

    public bool MaySeeWebhooks => RefusalOfWebhooks(writes: false) is null;

    public bool MayChangeWebhooks => RefusalOfWebhooks(writes: true) is null;

    public bool MayLeaveOrganization => OrganizationRole is not (null or Roles.Owner) && Caller.UserCode is not null
        && MayInOrganization(Need.Read with { Writes = true });

    /// <summary>Leaving the workspace, or taking a request to join it back.</summary>
    public bool MayChangeOwnMembership => MayInWorkspace(Need.Read with { Writes = true });

    /// <summary>True where the caller belongs to the workspace, and so sees what is in it.</summary>
    public bool Belongs => MayInWorkspace(Need.Belong);
}

/// <summary>Reads frames.</summary>
public sealed class Frames(ConnectionFactory db)
{
    /// <summary>The frame of a page that is about no organization.</summary>
    public async Task<Frame> OpenAsync(Caller caller, CancellationToken ct)
    {
        await using var session = db.Open(caller, ct);
        return await OfCallerAsync(session);
    }

    /// <summary>
    /// The frame of a page about what belongs to an organization, such as a key: with the organization where there is
    /// one and the caller may see it.
    /// </summary>
    public async Task<Frame> OpenAsync(Caller caller, string? organization, CancellationToken ct)
    {
        await using var session = db.Open(caller, ct);
        var frame = await OfCallerAsync(session);
        return organization is null ? frame : await WithOrganizationAsync(session, frame, organization);
    }

    /// <summary><c>not_found</c> where the caller may not see the organization.</summary>
    public async Task<Outcome<Frame>> OfOrganizationAsync(Caller caller, string organization, CancellationToken ct)
    {
        await using var session = db.Open(caller, ct);
        var frame = await WithOrganizationAsync(session, await OfCallerAsync(session), organization);
        return frame.Organization is null ? Faults.NotFound : frame;
    }

    /// <summary>The frame of a list, which may be one organization's; see above.</summary>
    public async Task<Outcome<Frame>> OfListAsync(Caller caller, string? organization, CancellationToken ct) =>
        organization is null
            ? await OpenAsync(caller, ct)
            : await OfOrganizationAsync(caller, organization, ct);

    /// <summary>
    /// The frame of a page about webhooks: of an organization, or for a key that is narrowed to a workspace of that
    /// workspace. Faults as <see cref="Frame.RefusalOfWebhooks"/>.
    /// </summary>
    /// <param name="organization">Null for all that the caller administers.</param>
    public async Task<Outcome<Frame>> OfWebhooksAsync(
        Caller caller, string? organization, CancellationToken ct, bool writes = false)
    {
        if (caller.WorkspaceCode is null && organization is null)
        {
            return await OpenAsync(caller, ct);
        }

        var opened = caller.WorkspaceCode is { } only
            ? await OfWorkspaceAsync(caller, only, ct)
            : await OfOrganizationAsync(caller, organization!, ct);
        return opened.Then<Frame>(frame => frame.RefusalOfWebhooks(writes) is { } refusal ? refusal : frame);
    }

    /// <summary><c>not_found</c> where the caller may not see the workspace.</summary>
    public async Task<Outcome<Frame>> OfWorkspaceAsync(Caller caller, string workspace, CancellationToken ct)
    {
        await using var session = db.Open(caller, ct);
        var need = Need.Read.WithAnyPermissionOf(caller);
        if (!(await WorkspaceAuthorization.FindAsync(session, workspace, need)).Succeeded(out var found, out var fault))
        {
            return fault;
        }

        var frame = await WithOrganizationAsync(session, await OfCallerAsync(session), found.OrganizationCode);
        return frame with
        {
            Workspace = (await WorkspaceObject.ReadAsync(session, found.Id)).Value,
            WorkspaceAccess = found,
        };
    }

    /// <summary>Why the caller may not answer the invitation with this token; null where it may.</summary>
    public async Task<Fault?> RefusalOfAnswerAsync(Caller caller, string token, CancellationToken ct)
    {
        await using var session = db.Open(caller, ct);
        return (await InvitationAuthorization.FindAnswerableAsync(session, token))
            .Match(_ => (Fault?)null, fault => fault);
    }

    private static async Task<Frame> OfCallerAsync(Session session)
    {
        var caller = session.Caller;
        var who = caller.IsRoot ? "Root key"
            : caller.UserId is { } id
                && await session.FindCachedAsync<Person>(Sql.FindName, new { Id = id }) is { } person ? person.Name
            : caller.KeyId;
        return new Frame(caller, who);
    }

    private static async Task<Frame> WithOrganizationAsync(Session session, Frame frame, string code)
    {
        var need = Need.Read.WithAnyPermissionOf(session.Caller);
        if (!(await OrganizationAuthorization.FindAsync(session, code, need)).Succeeded(out var found, out _))
        {
            return frame;
        }

        var (organization, _) = await OrganizationObject.ReadAsync(session, found.Id);
        return frame with
        {
            Organization = organization.SeenBy(session.Caller),
            OrganizationRole = found.Role,
            OrganizationAccess = found,
        };
    }

    private sealed record Person
    {
        public string Name { get; init; } = "";
    }

    private static class Sql
    {
        public const string FindName = "SELECT name FROM users WHERE id = @Id";
    }
}
