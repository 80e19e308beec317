CREATE SEQUENCE numbers_ref;
