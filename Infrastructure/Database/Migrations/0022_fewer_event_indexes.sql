-- They served root alone, which reads the filtered events of all through those of each organization now; an event more
-- costs each of them a page of the commit.
DROP INDEX events_by_type;
DROP INDEX events_by_actor;
DROP INDEX events_by_time;
