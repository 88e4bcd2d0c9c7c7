-- Who writes has been a member: one check for each message instead of two, and on the member's row, which the
-- statement that inserts writes anyway. An account that has written is not deleted with what it wrote.
ALTER TABLE messages
    DROP CONSTRAINT messages_chat_id_fkey,
    DROP CONSTRAINT messages_author_id_fkey,
    ADD CONSTRAINT messages_author FOREIGN KEY (chat_id, author_id) REFERENCES chat_members ON DELETE CASCADE;
ALTER TABLE chat_members
    DROP CONSTRAINT chat_members_account_id_fkey,
    ADD CONSTRAINT chat_members_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts;
