-- json_each(@Rows) as in SQLite: see Rows.
CREATE FUNCTION json_each(many text, OUT key text, OUT value json) RETURNS SETOF record
LANGUAGE sql IMMUTABLE AS 'SELECT * FROM pg_catalog.json_each(many::json)';
