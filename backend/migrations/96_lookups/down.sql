DROP INDEX guardian_links_class;
DROP INDEX guardian_links_child;
CREATE INDEX guardian_links_child ON guardian_links (child_id) WHERE state = 'confirmed';
CREATE INDEX class_members_child ON class_members (child_id) WHERE ended_at IS NULL AND child_id IS NOT NULL;
DROP INDEX class_members_by_child;
