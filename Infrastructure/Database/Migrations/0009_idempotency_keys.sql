-- The header's own name: Idempotency-Key.
ALTER TABLE safe_retries RENAME TO idempotency_keys;
DROP INDEX safe_retries_by_age;
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
