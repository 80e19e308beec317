-- Numbers come from sequences here: see Codes.
CREATE SEQUENCE numbers_org;
CREATE SEQUENCE numbers_usr;
CREATE SEQUENCE numbers_ws;
CREATE SEQUENCE numbers_lin;
CREATE SEQUENCE numbers_int;
CREATE SEQUENCE numbers_inv;
CREATE SEQUENCE numbers_jrq;
CREATE SEQUENCE numbers_evt;
CREATE SEQUENCE numbers_key;
