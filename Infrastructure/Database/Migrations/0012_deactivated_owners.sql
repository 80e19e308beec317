-- A deactivated workspace owner passes the ownership on (R14), to the active admin who joined first.
UPDATE workspaces SET owner_id = (
    SELECT m.user_id
    FROM members m JOIN users u ON u.id = m.user_id
    WHERE m.workspace_id = workspaces.id AND m.role = 'admin' AND u.status = 'active'
    ORDER BY m.joined_at, m.user_id
    LIMIT 1)
WHERE owner_id IN (SELECT u.id FROM users u WHERE u.status = 'deactivated')
  AND EXISTS (
    SELECT 1
    FROM members m JOIN users u ON u.id = m.user_id
    WHERE m.workspace_id = workspaces.id AND m.role = 'admin' AND u.status = 'active');
