-- workspace_code is no reference: events outlive their workspace, and so does the webhook that sends them.
-- events: patterns, separated by spaces. position: the sequence of the last event that became a delivery or was passed
-- over, null for its own. failing_since: the first failed try after the last success.
CREATE TABLE webhooks (
    id BIGINT PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    organization_id BIGINT NOT NULL REFERENCES organizations (id),
    organization_code TEXT NOT NULL,
    workspace_code TEXT,
    url TEXT NOT NULL,
    description TEXT,
    events TEXT NOT NULL,
    status TEXT NOT NULL,
    secret TEXT NOT NULL,
    previous_secret TEXT,
    previous_secret_until BIGINT,
    position BIGINT,
    failing_since BIGINT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX webhooks_by_organization ON webhooks (organization_id, id);

-- event_id is no reference: events are never deleted. round: the failed tries since the first, or since it was last sent again by hand. attempts: a JSON array.
CREATE TABLE webhook_deliveries (
    id BIGINT PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    webhook_id BIGINT NOT NULL REFERENCES webhooks (id),
    event_id BIGINT NOT NULL,
    event_code TEXT NOT NULL,
    event_type TEXT NOT NULL,
    status TEXT NOT NULL,
    round BIGINT NOT NULL,
    next_attempt_at BIGINT,
    attempts TEXT NOT NULL,
    ended_at BIGINT,
    version BIGINT NOT NULL
);
CREATE INDEX webhook_deliveries_by_webhook ON webhook_deliveries (webhook_id, id);
CREATE INDEX webhook_deliveries_by_event ON webhook_deliveries (webhook_id, event_code, id);
CREATE INDEX webhook_deliveries_undelivered ON webhook_deliveries (webhook_id, status, id) WHERE status <> 'delivered';
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (webhook_id, next_attempt_at)
    WHERE next_attempt_at IS NOT NULL;
CREATE INDEX webhook_deliveries_ended ON webhook_deliveries (ended_at) WHERE ended_at IS NOT NULL;

-- Parts of the log that are sent again: the events after position, up to last.
CREATE TABLE webhook_replays (
    id BIGINT PRIMARY KEY,
    webhook_id BIGINT NOT NULL REFERENCES webhooks (id),
    position BIGINT NOT NULL,
    last BIGINT NOT NULL
);
CREATE INDEX webhook_replays_by_webhook ON webhook_replays (webhook_id, id);
