-- A guardian link is a membership, too: with which sets it was confirmed and ended. Who decided last stays
-- with it when it ends. (Of links that ended before, `decided_at` and `decided_by` are of their end, or still of the
-- decision where a newer link took their place: which, isn't known.)
ALTER TABLE guardian_links
    ADD began_with bigint REFERENCES membership_changes,
    ADD ended_at timestamptz,
    ADD ended_with bigint REFERENCES membership_changes;

-- With which sets a class was archived and came back, each the last time.
ALTER TABLE classes
    ADD archived_with bigint REFERENCES membership_changes,
    ADD restored_with bigint REFERENCES membership_changes;
