CREATE TABLE invites (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    school_id bigint NOT NULL REFERENCES schools ON DELETE CASCADE,
    class_id bigint NOT NULL REFERENCES classes ON DELETE CASCADE,
    role text NOT NULL CHECK (role IN ('teacher', 'student', 'parent')),
    -- SHA-256 of the link's 256 random bits.
    secret_hash bytea NOT NULL CONSTRAINT invites_secret_hash_key UNIQUE,
    child text,
    created_by bigint NOT NULL REFERENCES accounts,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    max_uses integer NOT NULL CHECK (max_uses BETWEEN 1 AND 1000),
    uses integer NOT NULL DEFAULT 0,
    last_used_at timestamptz,
    revoked_at timestamptz,
    CHECK (uses BETWEEN 0 AND max_uses)
);
CREATE INDEX invites_class ON invites (school_id, class_id, created_at DESC);

CREATE TABLE join_requests (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    school_id bigint NOT NULL REFERENCES schools ON DELETE CASCADE,
    class_id bigint REFERENCES classes ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    -- A parent who asks gets a guardian link that waits.
    role text NOT NULL CHECK (role IN ('teacher', 'student')),
    message text NOT NULL,
    asked_at timestamptz NOT NULL,
    -- Closed: overtaken by a later request, or by an invite.
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'accepted', 'refused', 'closed')),
    reason text,
    decided_at timestamptz,
    decided_by bigint REFERENCES accounts
);
CREATE UNIQUE INDEX join_requests_waiting ON join_requests (school_id, class_id, account_id, role)
    NULLS NOT DISTINCT WHERE state = 'waiting';
CREATE INDEX join_requests_account ON join_requests (account_id);
