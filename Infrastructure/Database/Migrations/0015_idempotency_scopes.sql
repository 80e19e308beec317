-- Answers without a secret are stored as they are, for every key of the caller. Those of earlier versions are all sealed
-- with the text of the key that made them.
ALTER TABLE idempotency_keys ADD COLUMN sealed BIGINT NOT NULL DEFAULT 1;
