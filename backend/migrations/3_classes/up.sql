CREATE TABLE classes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    school_id bigint NOT NULL REFERENCES schools ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('grade', 'study_group', 'club', 'interest', 'staff_room')),
    grade smallint CHECK (grade BETWEEN 1 AND 11),
    letter text,
    name text NOT NULL,
    -- The year in which the school year began.
    year smallint NOT NULL,
    created_at timestamptz NOT NULL,
    archived_at timestamptz,
    CHECK ((kind = 'grade') = (grade IS NOT NULL AND letter IS NOT NULL))
);
CREATE UNIQUE INDEX classes_name ON classes (school_id, year, lower(name)) WHERE archived_at IS NULL;
CREATE UNIQUE INDEX classes_staff_room ON classes (school_id) WHERE kind = 'staff_room';

CREATE TABLE class_members (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    school_id bigint NOT NULL REFERENCES schools ON DELETE CASCADE,
    class_id bigint NOT NULL REFERENCES classes ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    role text NOT NULL CHECK (role IN ('class_teacher', 'teacher', 'student', 'parent')),
    -- Of a parent: the student by whom the parent belongs here. One row per child, so that a parent
    -- stays for the other child when one leaves (R61).
    child_id bigint REFERENCES accounts ON DELETE CASCADE,
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    CHECK ((role = 'parent') = (child_id IS NOT NULL))
);
CREATE UNIQUE INDEX class_members_current ON class_members
    (class_id, account_id, role, child_id) NULLS NOT DISTINCT WHERE ended_at IS NULL;
CREATE UNIQUE INDEX class_members_class_teacher ON class_members (class_id)
    WHERE ended_at IS NULL AND role = 'class_teacher';
CREATE INDEX class_members_account ON class_members (account_id, school_id) WHERE ended_at IS NULL;
