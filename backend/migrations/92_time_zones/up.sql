-- IANA's names. The server knows which there are; PostgreSQL has a list of its own, of another year.
-- What is there already is in Moscow's until its administrator says otherwise.
ALTER TABLE schools ADD time_zone text NOT NULL DEFAULT 'Europe/Moscow';
ALTER TABLE applications ADD time_zone text NOT NULL DEFAULT 'Europe/Moscow';
