-- The organization that a user is managed by (R19); NULL for users that root made. Users of an earlier version are managed
-- by the organization that they joined first.
ALTER TABLE users ADD COLUMN managed_by BIGINT REFERENCES organizations (id);

UPDATE users SET managed_by = (
    SELECT om.organization_id
    FROM organization_members om
    WHERE om.user_id = users.id
    ORDER BY om.joined_at, om.organization_id
    LIMIT 1);

CREATE INDEX users_by_managing_organization ON users (managed_by, id);
