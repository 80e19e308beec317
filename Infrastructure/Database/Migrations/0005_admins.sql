-- The few who belong to every workspace of an organization by their role, found among however many members it has.
CREATE INDEX organization_admins ON organization_members (organization_id, user_id) WHERE role IN ('owner', 'admin');
