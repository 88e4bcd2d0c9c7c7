CREATE TABLE accounts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- E.164. A child may have a login instead (R38).
    phone text CONSTRAINT accounts_phone_key UNIQUE,
    login text CONSTRAINT accounts_login_key UNIQUE,
    surname text NOT NULL,
    given text NOT NULL,
    patronymic text,
    birth_date date,
    -- Argon2id in PHC form.
    password_hash text NOT NULL,
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz,
    CONSTRAINT accounts_reachable CHECK (phone IS NOT NULL OR login IS NOT NULL)
);

CREATE TABLE operators (
    account_id bigint PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    created_at timestamptz NOT NULL
);

CREATE TABLE sessions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    -- SHA-256 of the cookie's 256 random bits.
    token_hash bytea NOT NULL CONSTRAINT sessions_token_hash_key UNIQUE,
    device text NOT NULL,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL
);
CREATE INDEX sessions_account ON sessions (account_id);
