DROP VIEW open_requests, current_guardians, current_chat_members;
