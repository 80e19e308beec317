CREATE SEQUENCE numbers_whk;
CREATE SEQUENCE numbers_dlv;
CREATE SEQUENCE numbers_rpl;
