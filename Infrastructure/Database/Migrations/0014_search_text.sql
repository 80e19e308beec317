-- What q searches without regard to case, accents and normal form. The migration after this one fills the columns.
ALTER TABLE users ADD COLUMN name_search TEXT NOT NULL DEFAULT ''; -- the name folded, for q without addresses
ALTER TABLE invitations ADD COLUMN search TEXT NOT NULL DEFAULT ''; -- the address folded, for q
