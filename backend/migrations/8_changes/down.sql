-- Loses what was said of messages later: what their authors deleted is there again.
DROP INDEX messages_changed;
ALTER TABLE messages DROP deleted_at, DROP version;
ALTER TABLE chats DROP last_change;
