-- Fills the database of a service that is stopped, SQLite or PostgreSQL: @users organization members, @teams workspaces
-- with @size of them each, and @empty workspaces with nobody but the owner in them, to add members to. The counts beside
-- the rows are kept right. The owner is the user, and the organization the one, that the script has made by the API: both
-- number 1. @newline is the function that makes one.
BEGIN;

WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @users)
INSERT INTO users (id, code, name, email, email_key, search, status, version, created_at, updated_at)
SELECT 100000 + i, format('USR-26-%s', 100000 + i), format('Person %s', i), format('person%s@example.com', i),
       format('person%s@example.com', i), format('person %s', i) || @newline || format('person%s@example.com', i),
       'active', 1, 1775034000000, 1775034000000
FROM n;

INSERT INTO organization_members (organization_id, user_id, role, version, joined_at)
SELECT 1, id, 'member', 1, 1775034000000 FROM users WHERE id > 100000;

WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @teams + @empty)
INSERT INTO workspaces (id, code, organization_id, name, name_key, slug, search, type, status, owner_id, settings, currency,
                        member_count, admin_count, active_service_lines, version, created_at, updated_at)
SELECT number, format('WS-26-%s', number), 1, format('Team %s', number), format('team %s', number),
       format('team-%s', number), format('team %s', number) || @newline || format('team-%s', number), 'private', 'active', 1,
       '{"default_currency":"USD","require_task_service_line":false}', 'USD',
       1 + CASE WHEN number > 900000 THEN 0 ELSE @size END, 1, 0, 1, 1775034000000, 1775034000000
FROM (SELECT CASE WHEN i <= @empty THEN 900000 + i ELSE 100000 + i - @empty END AS number FROM n) numbered;

INSERT INTO members (workspace_id, user_id, role, version, joined_at)
SELECT id, 1, 'admin', 1, 1775034000000 FROM workspaces WHERE id > 100000;

WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < @size - 1)
INSERT INTO members (workspace_id, user_id, role, version, joined_at)
SELECT w.id, 100001 + ((w.id - 100001) * 7 + n.i) % @users, 'member', 1, 1775034000000
FROM workspaces w CROSS JOIN n
WHERE w.id > 100000 AND w.id <= 900000;

UPDATE organizations SET
    member_count = (SELECT COUNT(*) FROM organization_members WHERE organization_id = 1),
    workspace_count = (SELECT COUNT(*) FROM workspaces WHERE organization_id = 1)
WHERE id = 1;
INSERT INTO numbers (prefix, last) VALUES ('USR', 999999), ('WS', 999999)
ON CONFLICT (prefix) DO UPDATE SET last = 999999;

COMMIT;
