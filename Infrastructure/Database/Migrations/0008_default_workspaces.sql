-- Whoever joins an organization is taken into its default workspaces, and it has few of them among many.
CREATE INDEX default_workspaces ON workspaces (organization_id, id) WHERE type = 'default';
