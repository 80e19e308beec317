-- Roles in workspaces as lists need them: who has which effective role where (R3, R5), and who sees what (R12). The same
-- rules as Roles.Effective and WorkspaceAuthorization, which decide about one workspace at a time.
CREATE VIEW workspace_roles AS
SELECT om.user_id, w.id AS workspace_id, w.organization_id, 'admin' AS role
FROM organization_members om JOIN workspaces w ON w.organization_id = om.organization_id
WHERE om.role IN ('owner', 'admin')
UNION ALL
SELECT m.user_id, m.workspace_id, w.organization_id,
       CASE WHEN o.workspace_role_ceiling = 0 THEN m.role
            WHEN om.role = 'member' AND m.role = 'admin' THEN 'member'
            WHEN om.role IN ('viewer', 'billing') AND m.role IN ('admin', 'member') THEN 'viewer'
            WHEN om.role = 'guest' THEN 'guest'
            ELSE m.role END AS role
FROM members m
JOIN workspaces w ON w.id = m.workspace_id
JOIN organizations o ON o.id = w.organization_id
JOIN organization_members om ON om.organization_id = w.organization_id AND om.user_id = m.user_id
WHERE om.role NOT IN ('owner', 'admin');

CREATE VIEW visible_workspaces AS
SELECT user_id, workspace_id, organization_id FROM workspace_roles
UNION
SELECT om.user_id, w.id, w.organization_id
FROM organization_members om JOIN workspaces w ON w.organization_id = om.organization_id AND w.type <> 'private'
WHERE om.role = 'member';
