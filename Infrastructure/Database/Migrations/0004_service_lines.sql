CREATE TABLE service_lines (
    id                 BIGINT PRIMARY KEY,
    code               TEXT   NOT NULL UNIQUE,
    workspace_id       BIGINT NOT NULL REFERENCES workspaces (id),
    organization_id    BIGINT NOT NULL REFERENCES organizations (id),
    name               TEXT   NOT NULL,
    product_line       TEXT   NOT NULL,
    execution_model    TEXT   NOT NULL,
    billing_model      TEXT   NOT NULL,
    subscription_id    TEXT,
    status             TEXT   NOT NULL CHECK (status IN ('draft', 'active', 'paused', 'closed', 'terminated')),
    project_tags       TEXT   NOT NULL,
    config             TEXT   NOT NULL,
    health_score       BIGINT,
    health_observed_at BIGINT,
    starts_at          BIGINT,
    started_at         BIGINT,
    ends_at            BIGINT,
    version            BIGINT NOT NULL,
    created_at         BIGINT NOT NULL,
    updated_at         BIGINT NOT NULL
);
CREATE INDEX service_lines_by_workspace ON service_lines (workspace_id, id);
CREATE INDEX service_lines_by_workspace_status ON service_lines (workspace_id, status, id);
CREATE INDEX service_lines_by_organization ON service_lines (organization_id, id);
CREATE INDEX service_lines_by_organization_status ON service_lines (organization_id, status, id);
CREATE INDEX service_lines_by_status ON service_lines (status, id);
