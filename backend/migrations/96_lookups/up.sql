-- What is asked under a school's turn must not read the past of all schools.
CREATE INDEX class_members_by_child ON class_members (child_id, class_id) WHERE child_id IS NOT NULL;
DROP INDEX class_members_child;
DROP INDEX guardian_links_child;
CREATE INDEX guardian_links_child ON guardian_links (child_id) WHERE child_id IS NOT NULL;
CREATE INDEX guardian_links_class ON guardian_links (class_id) WHERE state <> 'ended';
