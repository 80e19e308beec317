-- Two column types, TEXT and BIGINT. Times are Unix milliseconds. Codes are what the native surface shows.
-- Counters beside the rows they count are kept by the statements that change those rows, in the same transaction.

CREATE TABLE numbers (
    prefix TEXT   PRIMARY KEY,
    last   BIGINT NOT NULL
);

CREATE TABLE users (
    id         BIGINT PRIMARY KEY,
    code       TEXT   NOT NULL UNIQUE,
    name       TEXT   NOT NULL,
    email      TEXT   NOT NULL,
    email_key  TEXT   NOT NULL UNIQUE, -- the address folded, for comparison
    search     TEXT   NOT NULL,        -- name and address folded, for q
    avatar_url TEXT,
    status     TEXT   NOT NULL CHECK (status IN ('active', 'deactivated')),
    version    BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE organizations (
    id                         BIGINT PRIMARY KEY,
    code                       TEXT   NOT NULL UNIQUE,
    name                       TEXT   NOT NULL,
    slug                       TEXT   NOT NULL UNIQUE,
    search                     TEXT   NOT NULL, -- name and slug folded, for q
    billing_email              TEXT,
    owner_id                   BIGINT NOT NULL REFERENCES users (id),
    status                     TEXT   NOT NULL CHECK (status IN ('active', 'suspended', 'cancelled')),
    plan_id                    TEXT,
    limit_workspaces           BIGINT,
    limit_members              BIGINT,
    limit_active_service_lines BIGINT,
    subscription_status        TEXT   NOT NULL CHECK (subscription_status IN ('trialing', 'active', 'past_due', 'cancelled')),
    trial_ends_at              BIGINT,
    settings                   TEXT   NOT NULL,
    workspace_role_ceiling     BIGINT NOT NULL, -- settings.workspace_role_ceiling as 1 or 0
    workspace_count            BIGINT NOT NULL, -- archived ones included
    member_count               BIGINT NOT NULL, -- active organization members
    active_service_lines       BIGINT NOT NULL,
    version                    BIGINT NOT NULL,
    created_at                 BIGINT NOT NULL,
    updated_at                 BIGINT NOT NULL
);

CREATE TABLE organization_members (
    organization_id BIGINT NOT NULL REFERENCES organizations (id),
    user_id         BIGINT NOT NULL REFERENCES users (id),
    role            TEXT   NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'viewer', 'billing', 'guest')),
    version         BIGINT NOT NULL,
    joined_at       BIGINT NOT NULL,
    PRIMARY KEY (organization_id, user_id)
);
CREATE INDEX organization_members_by_user ON organization_members (user_id, joined_at, organization_id);
CREATE UNIQUE INDEX one_owner_an_organization ON organization_members (organization_id) WHERE role = 'owner';

CREATE TABLE workspaces (
    id                       BIGINT PRIMARY KEY,
    code                     TEXT   NOT NULL UNIQUE,
    organization_id          BIGINT NOT NULL REFERENCES organizations (id),
    name                     TEXT   NOT NULL,
    name_key                 TEXT   NOT NULL, -- the name folded, for sorting
    slug                     TEXT   NOT NULL,
    search                   TEXT   NOT NULL, -- name and slug folded, for q
    type                     TEXT   NOT NULL CHECK (type IN ('private', 'closed', 'open', 'default')),
    description              TEXT,
    status                   TEXT   NOT NULL CHECK (status IN ('active', 'archived')),
    owner_id                 BIGINT NOT NULL REFERENCES users (id),
    settings                 TEXT   NOT NULL,
    currency                 TEXT   NOT NULL, -- settings.default_currency
    seat_limit               BIGINT,          -- NULL is unlimited
    member_count             BIGINT NOT NULL, -- active explicit members
    admin_count              BIGINT NOT NULL, -- those of them who are admin
    active_service_lines     BIGINT NOT NULL,
    organization_type        TEXT,
    custom_organization_type TEXT,
    version                  BIGINT NOT NULL,
    created_at               BIGINT NOT NULL,
    updated_at               BIGINT NOT NULL,
    UNIQUE (organization_id, slug)
);
CREATE INDEX workspaces_by_organization ON workspaces (organization_id, id);
CREATE INDEX workspaces_by_organization_name ON workspaces (organization_id, name_key, id);
CREATE INDEX workspaces_by_organization_created ON workspaces (organization_id, created_at, id);
CREATE INDEX workspaces_by_organization_updated ON workspaces (organization_id, updated_at, id);
CREATE INDEX workspaces_by_name ON workspaces (name_key, id);
CREATE INDEX workspaces_by_created ON workspaces (created_at, id);
CREATE INDEX workspaces_by_updated ON workspaces (updated_at, id);
CREATE INDEX workspaces_by_owner ON workspaces (owner_id);

CREATE TABLE members (
    workspace_id BIGINT NOT NULL REFERENCES workspaces (id),
    user_id      BIGINT NOT NULL REFERENCES users (id),
    role         TEXT   NOT NULL CHECK (role IN ('admin', 'member', 'viewer', 'guest')),
    version      BIGINT NOT NULL,
    joined_at    BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, user_id)
);
CREATE INDEX members_by_user ON members (user_id, workspace_id);

CREATE TABLE api_keys (
    id              BIGINT PRIMARY KEY,
    code            TEXT   NOT NULL UNIQUE,
    name            TEXT   NOT NULL,
    type            TEXT   NOT NULL CHECK (type IN ('root', 'user', 'secret', 'publishable')),
    hint            TEXT   NOT NULL, -- the beginning of the newest key text, to tell keys apart
    organization_id BIGINT REFERENCES organizations (id),
    workspace_id    BIGINT,          -- outlives its workspace, revoked then
    user_id         BIGINT REFERENCES users (id),
    issued_by       BIGINT REFERENCES users (id),
    permissions     TEXT,            -- separated by spaces; NULL for root and user keys
    expires_at      BIGINT,
    revoked_at      BIGINT,
    last_used_at    BIGINT,
    version         BIGINT NOT NULL,
    created_at      BIGINT NOT NULL
);
CREATE INDEX api_keys_by_organization ON api_keys (organization_id, id);
CREATE INDEX api_keys_by_workspace ON api_keys (workspace_id);
CREATE INDEX api_keys_by_user ON api_keys (user_id, id);

-- More than one text opens a key while a rotation overlaps.
CREATE TABLE api_key_secrets (
    hash       TEXT   PRIMARY KEY, -- SHA-256
    api_key_id BIGINT NOT NULL REFERENCES api_keys (id),
    expires_at BIGINT
);
CREATE INDEX api_key_secrets_by_key ON api_key_secrets (api_key_id);

-- Events outlive what they speak of, so they name it by code and refer to nothing.
CREATE TABLE events (
    id                BIGINT PRIMARY KEY,
    code              TEXT   NOT NULL,
    sequence          BIGINT UNIQUE, -- the order of commits; NULL until given
    type              TEXT   NOT NULL,
    occurred_at       BIGINT NOT NULL,
    organization_code TEXT,
    workspace_code    TEXT,
    actor_kind        TEXT   NOT NULL,
    actor_id          TEXT   NOT NULL,
    subject_kind      TEXT   NOT NULL,
    subject_id        TEXT   NOT NULL,
    request_id        TEXT   NOT NULL,
    changes           TEXT   NOT NULL
);
CREATE INDEX events_by_organization ON events (organization_code, sequence);
CREATE INDEX events_by_workspace ON events (workspace_code, sequence);
CREATE INDEX events_unordered ON events (id) WHERE sequence IS NULL;

CREATE TABLE safe_retries (
    scope       TEXT   NOT NULL,
    key         TEXT   NOT NULL,
    fingerprint TEXT   NOT NULL,
    answer      TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (scope, key)
);
CREATE INDEX safe_retries_by_age ON safe_retries (created_at);

CREATE TABLE invitations (
    id           BIGINT PRIMARY KEY,
    code         TEXT   NOT NULL UNIQUE,
    workspace_id BIGINT NOT NULL REFERENCES workspaces (id),
    email        TEXT   NOT NULL,
    email_key    TEXT   NOT NULL,        -- the address folded, for comparison
    role         TEXT   NOT NULL CHECK (role IN ('admin', 'member', 'viewer', 'guest')),
    status       TEXT   NOT NULL CHECK (status IN ('pending', 'accepted', 'declined', 'revoked', 'expired')),
    token_hash   TEXT   NOT NULL UNIQUE, -- SHA-256
    invited_by   BIGINT NOT NULL REFERENCES users (id),
    expires_at   BIGINT NOT NULL,        -- a pending one is expired from here on, whatever its status says
    version      BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL
);
CREATE UNIQUE INDEX one_pending_invitation ON invitations (workspace_id, email_key) WHERE status = 'pending';
CREATE INDEX invitations_by_workspace ON invitations (workspace_id, id);
CREATE INDEX invitations_pending ON invitations (workspace_id, status, expires_at);
CREATE INDEX invitations_by_email ON invitations (email_key, id);

CREATE TABLE join_requests (
    id           BIGINT PRIMARY KEY,
    code         TEXT   NOT NULL UNIQUE,
    workspace_id BIGINT NOT NULL REFERENCES workspaces (id),
    user_id      BIGINT NOT NULL REFERENCES users (id),
    status       TEXT   NOT NULL CHECK (status IN ('pending', 'approved', 'denied', 'withdrawn')),
    decided_by   BIGINT REFERENCES users (id),
    version      BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL
);
CREATE UNIQUE INDEX one_pending_join_request ON join_requests (workspace_id, user_id) WHERE status = 'pending';
CREATE INDEX join_requests_by_workspace ON join_requests (workspace_id, id);
CREATE INDEX join_requests_by_user ON join_requests (user_id);
