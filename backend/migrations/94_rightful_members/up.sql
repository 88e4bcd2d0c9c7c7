-- Who belongs in a chat by the rule. An audience is for whom a channel is made (chats.audience).
ALTER VIEW chat_audience RENAME TO rightful_chat_members;
