-- What the applicant changes counts up, so that nobody decides about what they haven't seen.
ALTER TABLE applications ADD version integer NOT NULL DEFAULT 1;
