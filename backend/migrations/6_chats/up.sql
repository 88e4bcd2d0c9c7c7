CREATE TABLE chats (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    school_id bigint NOT NULL REFERENCES schools ON DELETE CASCADE,
    class_id bigint REFERENCES classes ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('class_students', 'class_parents', 'class_teachers', 'direct', 'channel')),
    -- Of a channel.
    name text,
    audience text CHECK (audience IN ('school', 'staff', 'students', 'parents', 'class')),
    -- Of a direct chat: the two, the smaller id first.
    low_id bigint REFERENCES accounts ON DELETE CASCADE,
    high_id bigint REFERENCES accounts ON DELETE CASCADE,
    -- The gapless sequence of messages; taken in the statement that inserts.
    last_seq bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    CHECK ((kind = 'channel') = (name IS NOT NULL AND audience IS NOT NULL)),
    CHECK ((kind = 'direct') = (low_id IS NOT NULL AND high_id IS NOT NULL AND low_id < high_id))
) WITH (fillfactor = 50);
CREATE UNIQUE INDEX chats_class ON chats (class_id, kind) WHERE kind LIKE 'class%';
CREATE UNIQUE INDEX chats_direct ON chats (school_id, low_id, high_id) WHERE kind = 'direct';
CREATE INDEX chats_school ON chats (school_id) WHERE kind = 'channel';

-- Who reads a chat: materialised from chat_audience whenever something that it looks at changes.
CREATE TABLE chat_members (
    chat_id bigint NOT NULL REFERENCES chats ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    read_seq bigint NOT NULL,
    joined_at timestamptz NOT NULL,
    left_at timestamptz,
    PRIMARY KEY (chat_id, account_id)
) WITH (fillfactor = 70);
CREATE INDEX chat_members_account ON chat_members (account_id) WHERE left_at IS NULL;

CREATE TABLE messages (
    chat_id bigint NOT NULL REFERENCES chats ON DELETE CASCADE,
    seq bigint NOT NULL,
    author_id bigint NOT NULL REFERENCES accounts,
    client_id uuid NOT NULL,
    body text NOT NULL,
    sent_at timestamptz NOT NULL,
    PRIMARY KEY (chat_id, seq)
);
-- A repeat of a send is the same message.
CREATE UNIQUE INDEX messages_client ON messages (chat_id, author_id, client_id);

-- The rule who belongs to which chat (R61, R68, R88), in one place.
CREATE VIEW chat_audience AS
    SELECT chats.id AS chat_id, chats.school_id, class_members.account_id
    FROM chats
    JOIN class_members ON class_members.class_id = chats.class_id AND class_members.ended_at IS NULL
    WHERE (chats.kind = 'class_students' AND class_members.role IN ('class_teacher', 'student'))
       OR (chats.kind = 'class_parents' AND class_members.role IN ('class_teacher', 'parent'))
       OR (chats.kind = 'class_teachers' AND class_members.role IN ('class_teacher', 'teacher'))
       OR (chats.kind = 'channel' AND chats.audience = 'class')
    UNION
    SELECT chats.id, chats.school_id, memberships.account_id
    FROM chats
    JOIN memberships ON memberships.school_id = chats.school_id AND memberships.ended_at IS NULL
    WHERE chats.kind = 'channel'
      AND (memberships.role = 'administrator'
           OR chats.audience = 'school'
           OR (chats.audience = 'staff' AND memberships.role = 'teacher')
           OR (chats.audience = 'students' AND memberships.role = 'student')
           OR (chats.audience = 'parents' AND memberships.role = 'parent'))
    UNION
    -- A direct chat stays with both as long as both belong to the school.
    SELECT chats.id, chats.school_id, both_sides.account_id
    FROM chats
    CROSS JOIN LATERAL (VALUES (chats.low_id), (chats.high_id)) AS both_sides (account_id)
    WHERE chats.kind = 'direct'
      AND EXISTS (SELECT FROM memberships
                  WHERE memberships.school_id = chats.school_id
                    AND memberships.account_id = both_sides.account_id
                    AND memberships.ended_at IS NULL);
