namespace WorkspaceService;

/// <summary>What no history may leave behind, looked for in all rows of a database.</summary>
internal static class BrokenRules
{
    /// <summary>
    /// Each count that is not what the rows say, and each rule that rows break, with the code of what.
    /// </summary>
    public static Task<List<string>> BrokenRulesAsync(this ServiceFixture service) => service.ReadAsync<string>(
        """
        SELECT 'member_count of ' || o.code FROM organizations o
        WHERE o.member_count <> (
            SELECT COUNT(*) FROM organization_members om JOIN users u ON u.id = om.user_id
            WHERE om.organization_id = o.id AND u.status = 'active')
        UNION ALL
        SELECT 'workspace_count of ' || o.code FROM organizations o
        WHERE o.workspace_count <> (SELECT COUNT(*) FROM workspaces w WHERE w.organization_id = o.id)
        UNION ALL
        SELECT 'active_service_lines of ' || o.code FROM organizations o
        WHERE o.active_service_lines <> (
            SELECT COUNT(*) FROM service_lines l WHERE l.organization_id = o.id AND l.status = 'active')
        UNION ALL
        SELECT 'plan limit of ' || o.code FROM organizations o
        WHERE o.workspace_count > o.limit_workspaces OR o.active_service_lines > o.limit_active_service_lines
        UNION ALL
        SELECT 'owner of ' || o.code FROM organizations o
        WHERE (SELECT COUNT(*) FROM organization_members om JOIN users u ON u.id = om.user_id
               WHERE om.organization_id = o.id AND om.role = 'owner' AND om.user_id = o.owner_id
                 AND u.status = 'active') <> 1
        UNION ALL
        SELECT 'member_count of ' || w.code FROM workspaces w
        WHERE w.member_count <> (
            SELECT COUNT(*) FROM members m JOIN users u ON u.id = m.user_id WHERE m.workspace_id = w.id
              AND u.status = 'active')
        UNION ALL
        SELECT 'admin_count of ' || w.code FROM workspaces w
        WHERE w.admin_count <> (
            SELECT COUNT(*) FROM members m JOIN users u ON u.id = m.user_id
            WHERE m.workspace_id = w.id AND u.status = 'active' AND m.role = 'admin')
        UNION ALL
        SELECT 'active_service_lines of ' || w.code FROM workspaces w
        WHERE w.active_service_lines <> (
            SELECT COUNT(*) FROM service_lines l WHERE l.workspace_id = w.id AND l.status = 'active')
        UNION ALL
        SELECT 'last admin of ' || w.code FROM workspaces w WHERE w.admin_count < 1
        UNION ALL
        SELECT 'seat limit of ' || w.code FROM workspaces w
        WHERE w.seat_limit < w.member_count + (
            SELECT COUNT(*) FROM invitations i WHERE i.workspace_id = w.id AND i.status = 'pending')
        UNION ALL
        SELECT 'active line in archived ' || w.code FROM workspaces w
        WHERE w.status = 'archived' AND EXISTS (
            SELECT 1 FROM service_lines l WHERE l.workspace_id = w.id AND l.status IN ('active', 'paused'))
        UNION ALL
        SELECT 'stranger in ' || w.code FROM workspaces w
        WHERE EXISTS (
            SELECT 1 FROM members m
            WHERE m.workspace_id = w.id AND NOT EXISTS (
                SELECT 1 FROM organization_members om WHERE om.organization_id = w.organization_id
                  AND om.user_id = m.user_id))
        UNION ALL
        SELECT 'request of a stranger in ' || w.code FROM workspaces w
        WHERE EXISTS (
            SELECT 1 FROM join_requests j
            WHERE j.workspace_id = w.id AND j.status = 'pending' AND NOT EXISTS (
                SELECT 1 FROM organization_members om WHERE om.organization_id = w.organization_id
                  AND om.user_id = j.user_id))
        UNION ALL
        SELECT 'invitation of the deactivated in ' || w.code FROM workspaces w
        WHERE EXISTS (
            SELECT 1 FROM invitations i JOIN users u ON u.email_key = i.email_key
            JOIN organization_members om ON om.organization_id = w.organization_id AND om.user_id = u.id
            WHERE i.workspace_id = w.id AND i.status = 'pending' AND u.status = 'deactivated')
        """);
}
