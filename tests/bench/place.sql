INSERT INTO schools (kind, full_name, short_name, region, municipality, settlement, code, created_at)
VALUES ('general', 'Школа', 'Школа', 'Область', 'Район', 'Город', 'bench1', now());

INSERT INTO accounts (phone, surname, given, patronymic, password_hash, created_at)
SELECT '+7000' || lpad(n::text, 7, '0'), 'Иванова', 'Мария', 'Петровна', '', now()
FROM generate_series(1, 2000) AS n;

INSERT INTO sessions (account_id, token_hash, device, created_at, last_used_at)
SELECT id, sha256(('bench-' || id)::bytea), 'bench', now(), now() FROM accounts;

INSERT INTO memberships (school_id, account_id, role, started_at)
SELECT 1, id, CASE WHEN id = 1 THEN 'administrator' ELSE 'student' END, now() FROM accounts;

-- Classes 1 to 3 have the chats of works A and E, 10 to 59 those of work C.
INSERT INTO classes (id, school_id, kind, name, year, created_at)
OVERRIDING SYSTEM VALUE
SELECT n, 1, 'club', 'Кружок ' || n, 2026, now() FROM generate_series(1, 59) AS n;

INSERT INTO class_members (school_id, class_id, account_id, role, started_at)
SELECT 1, 1, n, 'student', now() FROM generate_series(1, 30) AS n
UNION ALL
SELECT 1, 2, n, 'student', now() FROM generate_series(1, 30) AS n
UNION ALL
SELECT 1, 3, n, 'student', now() FROM generate_series(1, 30) AS n
UNION ALL
SELECT 1, 10 + (n - 1) / 20, n, 'student', now() FROM generate_series(1, 1000) AS n;

INSERT INTO chats (id, school_id, kind, name, audience, class_id, created_at)
OVERRIDING SYSTEM VALUE
VALUES (1, 1, 'channel', 'Общешкольный', 'school', NULL, now()),
       (2, 1, 'class_students', NULL, NULL, 1, now()),
       (3, 1, 'class_students', NULL, NULL, 2, now()),
       (4, 1, 'class_students', NULL, NULL, 3, now());
INSERT INTO chats (id, school_id, kind, class_id, created_at)
OVERRIDING SYSTEM VALUE
SELECT n, 1, 'class_students', n, now() FROM generate_series(10, 59) AS n;

INSERT INTO chat_members (chat_id, account_id, read_seq, joined_at)
SELECT chat_id, account_id, 0, now() FROM rightful_chat_members;

-- 10,000 messages by 30 authors in chat 3, by 4 in chat 4, and as many again by all in some of the others.
INSERT INTO messages (chat_id, seq, author_id, client_id, body, sent_at)
SELECT chat, n, first + n % authors, gen_random_uuid(), repeat('x', 120), now() - make_interval(secs => 20000 - n)
FROM generate_series(1, 10000) AS n
CROSS JOIN (VALUES (3, 1, 30), (4, 1, 4), (10, 1, 20), (20, 201, 20), (30, 401, 20), (40, 601, 20))
    AS chats (chat, first, authors);
UPDATE chats SET last_seq = 10000 WHERE id IN (3, 4, 10, 20, 30, 40);

ANALYZE;
