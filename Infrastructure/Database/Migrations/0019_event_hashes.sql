-- The chain of each organization's events; see EventChain. Both are NULL as long as the sequence is.
ALTER TABLE events ADD COLUMN previous_hash TEXT;
ALTER TABLE events ADD COLUMN hash TEXT;
