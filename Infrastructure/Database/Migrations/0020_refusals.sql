-- Requests that were refused, in the audit log of the organization that they were about. Written in batches beside the
-- requests, and deleted when they are old; events are not.
CREATE TABLE refusals (
    id                BIGINT PRIMARY KEY,
    organization_code TEXT   NOT NULL,
    workspace_code    TEXT,
    action            TEXT   NOT NULL, -- the operation's id
    fault             TEXT, -- its code; NULL for the number of refusals that were not written
    occurred_at       BIGINT NOT NULL,
    actor_kind        TEXT   NOT NULL,
    actor_id          TEXT   NOT NULL,
    subject_kind      TEXT   NOT NULL,
    subject_id        TEXT   NOT NULL,
    request_id        TEXT   NOT NULL,
    changes           TEXT   NOT NULL
);
CREATE INDEX refusals_by_organization ON refusals (organization_code, occurred_at, id);
CREATE INDEX refusals_by_organization_actor ON refusals (organization_code, actor_id, occurred_at, id);
CREATE INDEX refusals_by_organization_action ON refusals (organization_code, action, occurred_at, id);
CREATE INDEX refusals_by_workspace ON refusals (workspace_code, occurred_at, id);
CREATE INDEX refusals_by_time ON refusals (occurred_at);
