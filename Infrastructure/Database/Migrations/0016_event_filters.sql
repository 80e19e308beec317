-- The log is read in its order, or filtered by type, actor or time: of everything, of an organization, of a workspace.
-- The condition is true of every event. Only a statement that names it uses these three, so that no statement about one
-- organization or workspace is planned through the events of all.
CREATE INDEX events_by_type ON events (type, sequence) WHERE id > 0;
CREATE INDEX events_by_actor ON events (actor_id, sequence) WHERE id > 0;
CREATE INDEX events_by_time ON events (occurred_at, sequence) WHERE id > 0;
CREATE INDEX events_by_organization_type ON events (organization_code, type, sequence);
CREATE INDEX events_by_organization_actor ON events (organization_code, actor_id, sequence);
CREATE INDEX events_by_organization_time ON events (organization_code, occurred_at, sequence);
CREATE INDEX events_by_workspace_type ON events (workspace_code, type, sequence);
CREATE INDEX events_by_workspace_actor ON events (workspace_code, actor_id, sequence);
CREATE INDEX events_by_workspace_time ON events (workspace_code, occurred_at, sequence);
