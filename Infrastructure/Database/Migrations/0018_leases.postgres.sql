-- Work that one instance does at a time. A lease that is not renewed ends, so that another instance goes on with the work.
CREATE TABLE leases (
    name       TEXT   PRIMARY KEY,
    holder     TEXT   NOT NULL, -- the instance
    expires_at BIGINT NOT NULL  -- by the clock of the database
);
