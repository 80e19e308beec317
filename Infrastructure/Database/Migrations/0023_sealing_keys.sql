-- The keys that seal the console's cookies and forms, so that every instance opens what another one has sealed, and a
-- restart ends nobody's session. Each is an XML document of the framework's data protection.

CREATE TABLE sealing_keys (
    id         TEXT   NOT NULL PRIMARY KEY,
    document   TEXT   NOT NULL,
    created_at BIGINT NOT NULL
);
