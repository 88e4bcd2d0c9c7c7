DROP VIEW chat_audience;
DROP TABLE messages, chat_members, chats;
