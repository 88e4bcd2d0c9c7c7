-- As it was before: when and by whom a link ended takes the place of its decision.
UPDATE guardian_links SET decided_at = ended_at, decided_by = changes.by_id
FROM membership_changes AS changes WHERE changes.id = guardian_links.ended_with;
ALTER TABLE classes DROP archived_with, DROP restored_with;
ALTER TABLE guardian_links DROP began_with, DROP ended_at, DROP ended_with;
