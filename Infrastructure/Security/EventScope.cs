using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Infrastructure.Security;

/// <summary>The events that a reader of the log is shown, which are those that the caller may audit.</summary>
/// <param name="Organizations">The organizations' codes; null for all.</param>
/// <param name="Workspace">
/// The workspace's code; null for all. It may be deleted: events outlive what they speak of.
/// </param>
public sealed record EventScope(IReadOnlyList<string>? Organizations, string? Workspace)
{
    private static readonly Need Auditing = Need.Inspect(Permissions.AuditRead);

    public bool Covers(string? organization, string? workspace) =>
        (Organizations is null || Organizations.Contains(organization))
        && (Workspace is null || Workspace == workspace);

    /// <summary>
    /// The scope of a request that may name an organization and a workspace; without them all that the caller may
    /// audit. Faults: <c>not_found</c>, <c>forbidden</c>.
    /// </summary>
    public static async Task<Outcome<EventScope>> FindAsync(
        Session session, string? organizationCode, string? workspaceCode)
    {
        var caller = session.Caller;
        EventScope? organization = null;
        if ((organizationCode ?? (caller.WorkspaceId is null ? caller.OrganizationCode : null)) is { } code)
        {
            var found = await OrganizationAuthorization.FindAsync(session, code, Auditing);
            if (!found.Succeeded(out var named, out var fault))
            {
                return fault;
            }

            organization = new EventScope([named.Code], null);
        }

        if ((workspaceCode ?? caller.WorkspaceCode) is { } inside)
        {
            return (await OfWorkspaceAsync(session, inside)).Then<EventScope>(workspace =>
                organization?.Covers(workspace.Organizations![0], null) == false ? Faults.NotFound : workspace);
        }

        if (organization is not null || caller.IsRoot)
        {
            return organization ?? new EventScope(null, null);
        }

        var administered = await session.ListAsync<string>(Sql.ListAdministered, new { caller.UserId });
        return administered.Count == 0 ? Faults.Forbidden : new EventScope(administered, null);
    }

    private static async Task<Outcome<EventScope>> OfWorkspaceAsync(Session session, string code)
    {
        var need = Auditing with { OfOrganization = !session.Caller.IsService };
        var found = await WorkspaceAuthorization.FindAsync(session, code, need);
        if (found.Succeeded(out var workspace, out var fault))
        {
            return new EventScope([workspace.OrganizationCode], workspace.Code);
        }

        // A deleted workspace exists in its events only; visible to callers that may audit its organization.
        return fault == Faults.NotFound && Codes.Is(Codes.Workspace, code)
            && await session.ScalarAsync<string?>(
                Sql.FindOrganizationOfWorkspace, new { Workspace = code }) is { } organization
            && (await OrganizationAuthorization.FindAsync(session, organization, Auditing)).Succeeded(out _, out _)
                ? new EventScope([organization], code)
                : fault;
    }

    private static class Sql
    {
        public const string ListAdministered = """
            SELECT o.code
            FROM organization_members om JOIN organizations o ON o.id = om.organization_id
            WHERE om.user_id = @UserId AND om.role IN ('owner', 'admin')
            """;

        public const string FindOrganizationOfWorkspace =
            "SELECT organization_code FROM events WHERE workspace_code = @Workspace LIMIT 1";
    }
}
