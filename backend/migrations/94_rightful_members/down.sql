ALTER VIEW rightful_chat_members RENAME TO chat_audience;
