-- More of what is so now: who reads which chats, who is whose parent, and what waits for a decision.
CREATE VIEW current_chat_members AS
    SELECT chat_id, account_id, read_seq, joined_at, seen_seq FROM chat_members WHERE left_at IS NULL;
CREATE VIEW current_guardians AS
    SELECT school_id, parent_id, child_id, registration_confirmed_at FROM guardian_links
    WHERE state = 'confirmed' AND child_id IS NOT NULL;
CREATE VIEW open_requests AS
    SELECT school_id, class_id FROM join_requests WHERE state = 'waiting'
    UNION ALL
    SELECT school_id, class_id FROM guardian_links WHERE state = 'waiting';
