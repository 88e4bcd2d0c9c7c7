CREATE TABLE guardian_links (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    school_id bigint NOT NULL REFERENCES schools ON DELETE CASCADE,
    class_id bigint NOT NULL REFERENCES classes ON DELETE CASCADE,
    parent_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    -- NULL until it is known which account, if there is one yet, is the child's.
    child_id bigint REFERENCES accounts ON DELETE CASCADE,
    -- What the invite or the parent said.
    child_name text NOT NULL,
    -- Of a parent who asked without an invite.
    message text NOT NULL DEFAULT '',
    asked_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'confirmed', 'refused', 'ended')),
    reason text,
    decided_at timestamptz,
    decided_by bigint REFERENCES accounts,
    -- When the parent confirmed the child's registration (R40), or made it.
    registration_confirmed_at timestamptz,
    CHECK (child_id IS NULL OR state IN ('confirmed', 'ended')),
    CHECK (child_id IS DISTINCT FROM parent_id)
);
CREATE UNIQUE INDEX guardian_links_pair ON guardian_links (school_id, parent_id, child_id)
    WHERE state = 'confirmed' AND child_id IS NOT NULL;
CREATE INDEX guardian_links_parent ON guardian_links (parent_id);
CREATE INDEX guardian_links_child ON guardian_links (child_id) WHERE state = 'confirmed';
CREATE INDEX guardian_links_waiting ON guardian_links (school_id, class_id) WHERE state = 'waiting';
