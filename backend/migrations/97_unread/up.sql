-- What is deleted counts for nobody as unread; few messages are.
CREATE INDEX messages_deleted ON messages (chat_id, seq) WHERE deleted_at IS NOT NULL;
