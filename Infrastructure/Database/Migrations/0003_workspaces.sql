-- What members of an organization see beside their own workspaces, in each order that a list can have: a page of it reads
-- no private workspace, however many there are.
CREATE INDEX workspaces_shared ON workspaces (organization_id, id) WHERE type <> 'private';
CREATE INDEX workspaces_shared_by_name ON workspaces (organization_id, name_key, id) WHERE type <> 'private';
CREATE INDEX workspaces_shared_by_created ON workspaces (organization_id, created_at, id) WHERE type <> 'private';
CREATE INDEX workspaces_shared_by_updated ON workspaces (organization_id, updated_at, id) WHERE type <> 'private';
