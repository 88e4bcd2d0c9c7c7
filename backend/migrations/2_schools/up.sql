CREATE TABLE schools (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('general', 'vocational', 'additional')),
    full_name text NOT NULL,
    short_name text NOT NULL,
    region text NOT NULL,
    municipality text NOT NULL,
    settlement text NOT NULL,
    -- What people type to find the school without an invite.
    code text NOT NULL CONSTRAINT schools_code_key UNIQUE,
    about text NOT NULL DEFAULT '',
    address text NOT NULL DEFAULT '',
    phone text NOT NULL DEFAULT '',
    email text NOT NULL DEFAULT '',
    site text NOT NULL DEFAULT '',
    hours text NOT NULL DEFAULT '',
    journal text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL
);

CREATE TABLE applications (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- SHA-256 of the private link's secret.
    secret_hash bytea NOT NULL CONSTRAINT applications_secret_hash_key UNIQUE,
    kind text NOT NULL CHECK (kind IN ('general', 'vocational', 'additional')),
    full_name text NOT NULL,
    short_name text NOT NULL,
    region text NOT NULL,
    municipality text NOT NULL,
    settlement text NOT NULL,
    inn text NOT NULL,
    kpp text NOT NULL,
    surname text NOT NULL,
    given text NOT NULL,
    patronymic text,
    phone text NOT NULL,
    email text NOT NULL,
    order_name text,
    order_type text,
    order_bytes bytea,
    state text NOT NULL CHECK (state IN ('submitted', 'returned', 'refused', 'approved')),
    -- The operator's remarks, or the reason of the refusal.
    remarks text,
    school_id bigint REFERENCES schools,
    -- The account that took over (R10).
    claimed_by bigint REFERENCES accounts,
    submitted_at timestamptz NOT NULL,
    decided_at timestamptz,
    decided_by bigint REFERENCES accounts,
    CHECK ((state = 'approved') = (school_id IS NOT NULL))
);
-- An organisation is registered once (R6); a refused one may apply again.
CREATE UNIQUE INDEX applications_organisation ON applications (inn, kpp) WHERE state <> 'refused';

CREATE TABLE memberships (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    school_id bigint NOT NULL REFERENCES schools ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    role text NOT NULL CHECK (role IN ('administrator', 'teacher', 'student', 'parent')),
    started_at timestamptz NOT NULL,
    ended_at timestamptz
);
CREATE UNIQUE INDEX memberships_current ON memberships (school_id, account_id, role) WHERE ended_at IS NULL;
CREATE INDEX memberships_account ON memberships (account_id) WHERE ended_at IS NULL;
