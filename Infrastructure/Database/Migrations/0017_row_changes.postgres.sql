-- What each transaction has changed of the tables that instances cache answers from, noted by the database itself, so that
-- no writer can forget it. Instances read what became visible since they last did, and delete what all of them have read.
-- Not logged: after a crash every instance connects anew, and starts with an empty cache.
CREATE UNLOGGED TABLE row_changes (
    xid     xid8   NOT NULL, -- the transaction
    source  TEXT   NOT NULL, -- the table
    id      BIGINT NOT NULL, -- the row's key, of one or two numbers; 0 where it is the table that matters
    user_id BIGINT NOT NULL
);
CREATE INDEX row_changes_by_xid ON row_changes (xid);

CREATE FUNCTION note_table() RETURNS trigger LANGUAGE plpgsql AS $note$
BEGIN
    INSERT INTO row_changes (xid, source, id, user_id) VALUES (pg_current_xact_id(), TG_TABLE_NAME, 0, 0);
    RETURN NULL;
END $note$;

CREATE FUNCTION note_row() RETURNS trigger LANGUAGE plpgsql AS $note$
BEGIN
    INSERT INTO row_changes (xid, source, id, user_id)
    VALUES (pg_current_xact_id(), TG_TABLE_NAME, COALESCE(NEW.id, OLD.id), 0);
    RETURN NULL;
END $note$;

CREATE FUNCTION note_organization_member() RETURNS trigger LANGUAGE plpgsql AS $note$
BEGIN
    INSERT INTO row_changes (xid, source, id, user_id)
    VALUES (pg_current_xact_id(), TG_TABLE_NAME, COALESCE(NEW.organization_id, OLD.organization_id),
            COALESCE(NEW.user_id, OLD.user_id));
    RETURN NULL;
END $note$;

CREATE FUNCTION note_member() RETURNS trigger LANGUAGE plpgsql AS $note$
BEGIN
    INSERT INTO row_changes (xid, source, id, user_id)
    VALUES (pg_current_xact_id(), TG_TABLE_NAME, COALESCE(NEW.workspace_id, OLD.workspace_id),
            COALESCE(NEW.user_id, OLD.user_id));
    RETURN NULL;
END $note$;

-- Rows whose access facts are cached: each insertion and deletion, and updates of the columns that the facts are read from.
-- Other updates concern the table only. Keys never change.
CREATE TRIGGER note_rows AFTER INSERT OR DELETE ON users FOR EACH ROW EXECUTE FUNCTION note_row();
CREATE TRIGGER note_changed_rows AFTER UPDATE ON users FOR EACH ROW
    WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION note_row();
CREATE TRIGGER note_updates AFTER UPDATE OR TRUNCATE ON users FOR EACH STATEMENT EXECUTE FUNCTION note_table();

CREATE TRIGGER note_rows AFTER INSERT OR DELETE ON organizations FOR EACH ROW EXECUTE FUNCTION note_row();
CREATE TRIGGER note_changed_rows AFTER UPDATE ON organizations FOR EACH ROW
    WHEN (OLD.owner_id <> NEW.owner_id OR OLD.status <> NEW.status
          OR OLD.workspace_role_ceiling <> NEW.workspace_role_ceiling) EXECUTE FUNCTION note_row();
CREATE TRIGGER note_updates AFTER UPDATE OR TRUNCATE ON organizations FOR EACH STATEMENT EXECUTE FUNCTION note_table();

CREATE TRIGGER note_rows AFTER INSERT OR DELETE ON workspaces FOR EACH ROW EXECUTE FUNCTION note_row();
CREATE TRIGGER note_changed_rows AFTER UPDATE ON workspaces FOR EACH ROW
    WHEN (OLD.status <> NEW.status OR OLD.type <> NEW.type OR OLD.organization_id <> NEW.organization_id
          OR OLD.version <> NEW.version) EXECUTE FUNCTION note_row();
CREATE TRIGGER note_updates AFTER UPDATE OR TRUNCATE ON workspaces FOR EACH STATEMENT EXECUTE FUNCTION note_table();

CREATE TRIGGER note_rows AFTER INSERT OR DELETE ON organization_members FOR EACH ROW
    EXECUTE FUNCTION note_organization_member();
CREATE TRIGGER note_changed_rows AFTER UPDATE ON organization_members FOR EACH ROW
    WHEN (OLD.role <> NEW.role) EXECUTE FUNCTION note_organization_member();
CREATE TRIGGER note_updates AFTER UPDATE OR TRUNCATE ON organization_members FOR EACH STATEMENT
    EXECUTE FUNCTION note_table();

CREATE TRIGGER note_rows AFTER INSERT OR DELETE ON members FOR EACH ROW EXECUTE FUNCTION note_member();
CREATE TRIGGER note_changed_rows AFTER UPDATE ON members FOR EACH ROW
    WHEN (OLD.role <> NEW.role) EXECUTE FUNCTION note_member();
CREATE TRIGGER note_updates AFTER UPDATE OR TRUNCATE ON members FOR EACH STATEMENT EXECUTE FUNCTION note_table();

-- Tables of which answers are cached until anything in them changes.
CREATE TRIGGER note_changes AFTER INSERT OR DELETE OR TRUNCATE OR UPDATE OF
    code, name, type, hint, organization_id, workspace_id, user_id, issued_by, permissions, expires_at, revoked_at, version
    ON api_keys FOR EACH STATEMENT EXECUTE FUNCTION note_table(); -- all but last_used_at
CREATE TRIGGER note_changes AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON api_key_secrets FOR EACH STATEMENT
    EXECUTE FUNCTION note_table();
CREATE TRIGGER note_changes AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON service_lines FOR EACH STATEMENT
    EXECUTE FUNCTION note_table();
CREATE TRIGGER note_changes AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON integrations FOR EACH STATEMENT
    EXECUTE FUNCTION note_table();
CREATE TRIGGER note_changes AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON workspace_costs FOR EACH STATEMENT
    EXECUTE FUNCTION note_table();
