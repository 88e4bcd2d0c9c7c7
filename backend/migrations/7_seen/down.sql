DROP INDEX classes_school;
DROP INDEX chat_members_account;
CREATE INDEX chat_members_account ON chat_members (account_id) WHERE left_at IS NULL;
ALTER TABLE chat_members DROP seen_seq;
