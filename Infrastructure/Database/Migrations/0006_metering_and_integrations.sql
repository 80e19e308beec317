-- What the rounded mean of the active lines' scores is computed from (R15), kept beside the rows it sums up.
ALTER TABLE workspaces ADD COLUMN health_sum BIGINT NOT NULL DEFAULT 0;
ALTER TABLE workspaces ADD COLUMN health_count BIGINT NOT NULL DEFAULT 0;

-- Accepted events, for good: the key is what makes a second sending a duplicate. They outlive their line, as bills do.
-- Quantities and costs are whole millionths.
CREATE TABLE metering_events (
    organization_id BIGINT NOT NULL,
    event_id        TEXT   NOT NULL, -- the sender's
    service_line_id BIGINT NOT NULL,
    metric          TEXT   NOT NULL,
    unit            TEXT   NOT NULL, -- '' is none
    quantity_micros BIGINT NOT NULL,
    cost_micros     BIGINT NOT NULL,
    currency        TEXT   NOT NULL,
    occurred_at     BIGINT NOT NULL,
    received_at     BIGINT NOT NULL,
    PRIMARY KEY (organization_id, event_id)
);

-- Sums of accepted events, one row a day, kept in the transaction that accepts them: nothing reads the events to add up.
CREATE TABLE usage_days (
    service_line_id BIGINT NOT NULL REFERENCES service_lines (id) ON DELETE CASCADE,
    day             BIGINT NOT NULL, -- UTC, 20260401 for the first of April 2026
    metric          TEXT   NOT NULL,
    unit            TEXT   NOT NULL,
    currency        TEXT   NOT NULL,
    quantity_whole  BIGINT NOT NULL, -- the quantity is quantity_whole + quantity_micros / 1000000
    quantity_micros BIGINT NOT NULL,
    cost_micros     BIGINT NOT NULL,
    PRIMARY KEY (service_line_id, day, metric, unit, currency)
);

CREATE TABLE workspace_costs (
    workspace_id BIGINT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    month        BIGINT NOT NULL, -- UTC, 202604 for April 2026
    currency     TEXT   NOT NULL,
    cost_micros  BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, month, currency)
);

CREATE TABLE integrations (
    id              BIGINT PRIMARY KEY,
    code            TEXT   NOT NULL UNIQUE,
    workspace_id    BIGINT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    organization_id BIGINT NOT NULL REFERENCES organizations (id),
    type            TEXT   NOT NULL,
    config          TEXT   NOT NULL, -- as it is shown: without the values of secret-looking keys
    secrets         TEXT,            -- the config as it was given, where it held such values; nothing that answers reads it
    version         BIGINT NOT NULL,
    created_at      BIGINT NOT NULL
);
CREATE INDEX integrations_by_workspace ON integrations (workspace_id, id);
CREATE INDEX integrations_by_organization ON integrations (organization_id, id);
