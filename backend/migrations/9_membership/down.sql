CREATE OR REPLACE VIEW chat_audience AS
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
    SELECT chats.id, chats.school_id, both_sides.account_id
    FROM chats
    CROSS JOIN LATERAL (VALUES (chats.low_id), (chats.high_id)) AS both_sides (account_id)
    WHERE chats.kind = 'direct'
      AND EXISTS (SELECT FROM memberships
                  WHERE memberships.school_id = chats.school_id
                    AND memberships.account_id = both_sides.account_id
                    AND memberships.ended_at IS NULL);
DROP VIEW chat_roles;
DROP INDEX chats_school;
CREATE INDEX chats_school ON chats (school_id) WHERE kind = 'channel';
DROP VIEW current_class_members;
DROP VIEW current_roles;
DROP INDEX class_members_child;
ALTER TABLE class_members DROP began_with, DROP ended_with;
ALTER TABLE memberships DROP began_with, DROP ended_with;
DROP TABLE membership_changes;
