-- What was changed together in who belongs where, by whom and why: a row of the past tells with which
-- change it began and ended.
CREATE TABLE membership_changes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    school_id bigint NOT NULL REFERENCES schools ON DELETE CASCADE,
    -- Nobody, for the demo school.
    by_id bigint REFERENCES accounts,
    why text NOT NULL CHECK (why IN ('founding', 'invite', 'request', 'family', 'staff')),
    made_at timestamptz NOT NULL
);
CREATE INDEX membership_changes_school ON membership_changes (school_id);

ALTER TABLE memberships
    ADD began_with bigint REFERENCES membership_changes,
    ADD ended_with bigint REFERENCES membership_changes;
ALTER TABLE class_members
    ADD began_with bigint REFERENCES membership_changes,
    ADD ended_with bigint REFERENCES membership_changes;

-- Who is where by a child.
CREATE INDEX class_members_child ON class_members (child_id)
    WHERE ended_at IS NULL AND child_id IS NOT NULL;

-- What is so now.
CREATE VIEW current_roles AS
    SELECT school_id, account_id, role, started_at FROM memberships WHERE ended_at IS NULL;
CREATE VIEW current_class_members AS
    SELECT school_id, class_id, account_id, role, child_id, started_at FROM class_members
    WHERE ended_at IS NULL;

-- Classes' chats and channels, by school: few among many direct chats.
DROP INDEX chats_school;
CREATE INDEX chats_school ON chats (school_id) WHERE kind <> 'direct';

-- The rule who belongs to which chat (R61, R68, R88), in one place: by which role one reads it, in the
-- class, or in the school where there's no class.
CREATE VIEW chat_roles AS
    SELECT chats.id AS chat_id, chats.school_id, chats.class_id, readers.role
    FROM chats
    JOIN (VALUES ('class_students', 'class_teacher'), ('class_students', 'student'),
                 ('class_parents', 'class_teacher'), ('class_parents', 'parent'),
                 ('class_teachers', 'class_teacher'), ('class_teachers', 'teacher'))
        AS readers (kind, role) ON readers.kind = chats.kind
    WHERE chats.kind <> 'direct'
    UNION ALL
    SELECT chats.id, chats.school_id, chats.class_id, readers.role
    FROM chats
    CROSS JOIN (VALUES ('class_teacher'), ('teacher'), ('student'), ('parent')) AS readers (role)
    WHERE chats.kind <> 'direct' AND chats.audience = 'class'
    UNION ALL
    SELECT chats.id, chats.school_id, NULL, readers.role
    FROM chats
    JOIN (VALUES ('class', 'administrator'),
                 ('school', 'administrator'), ('school', 'teacher'), ('school', 'student'), ('school', 'parent'),
                 ('staff', 'administrator'), ('staff', 'teacher'),
                 ('students', 'administrator'), ('students', 'student'),
                 ('parents', 'administrator'), ('parents', 'parent'))
        AS readers (audience, role) ON readers.audience = chats.audience
    WHERE chats.kind <> 'direct';

CREATE OR REPLACE VIEW chat_audience AS
    SELECT chat_roles.chat_id, chat_roles.school_id, members.account_id
    FROM chat_roles
    JOIN current_class_members AS members
        ON members.class_id = chat_roles.class_id AND members.role = chat_roles.role
    UNION
    SELECT chat_roles.chat_id, chat_roles.school_id, roles.account_id
    FROM chat_roles
    JOIN current_roles AS roles
        ON roles.school_id = chat_roles.school_id AND roles.role = chat_roles.role
    WHERE chat_roles.class_id IS NULL
    UNION
    -- A direct chat stays with both as long as both belong to the school.
    SELECT chats.id, chats.school_id, both_sides.account_id
    FROM chats
    CROSS JOIN LATERAL (VALUES (chats.low_id), (chats.high_id)) AS both_sides (account_id)
    WHERE chats.kind = 'direct'
      AND EXISTS (SELECT FROM current_roles
                  WHERE current_roles.school_id = chats.school_id
                    AND current_roles.account_id = both_sides.account_id);
