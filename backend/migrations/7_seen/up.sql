-- What the member has really read. read_seq only says from where on messages count as unread: who
-- joins begins with the newest, and must not make what others wrote look read.
ALTER TABLE chat_members ADD seen_seq bigint NOT NULL DEFAULT 0;
UPDATE chat_members SET seen_seq = read_seq;

-- Those who left too: what they wrote last is still shown.
DROP INDEX chat_members_account;
CREATE INDEX chat_members_account ON chat_members (account_id);
-- The archived too, for the grid.
CREATE INDEX classes_school ON classes (school_id);
