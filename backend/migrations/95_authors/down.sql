ALTER TABLE messages
    DROP CONSTRAINT messages_author,
    ADD CONSTRAINT messages_chat_id_fkey FOREIGN KEY (chat_id) REFERENCES chats ON DELETE CASCADE,
    ADD CONSTRAINT messages_author_id_fkey FOREIGN KEY (author_id) REFERENCES accounts;
ALTER TABLE chat_members
    DROP CONSTRAINT chat_members_account_id_fkey,
    ADD CONSTRAINT chat_members_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts ON DELETE CASCADE;
