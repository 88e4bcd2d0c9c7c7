SELECT DISTINCT ON (role) role, account_id
FROM memberships
JOIN (SELECT account_id, count(*) AS chats FROM chat_members WHERE left_at IS NULL GROUP BY account_id) AS counts
    USING (account_id)
WHERE ended_at IS NULL
ORDER BY role, chats DESC, account_id
