-- Nothing reads the configuration as it was given, so it is not stored.
ALTER TABLE integrations DROP COLUMN secrets;
