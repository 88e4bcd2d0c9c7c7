-- What happens to messages later is numbered too: 1, 2, 3 … in each chat, by the statement that
-- changes the message, so that a client can ask for exactly what it missed.
ALTER TABLE chats ADD last_change bigint NOT NULL DEFAULT 0;
-- The number of the newest change to the message; 0: it is as it was sent.
ALTER TABLE messages ADD version bigint NOT NULL DEFAULT 0;
-- Deleted by its author, for everybody. The text stays as evidence.
ALTER TABLE messages ADD deleted_at timestamptz;
CREATE UNIQUE INDEX messages_changed ON messages (chat_id, version) WHERE version > 0;
