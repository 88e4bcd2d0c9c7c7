ALTER TABLE classes DROP archived_with, DROP restored_with;
ALTER TABLE guardian_links DROP began_with, DROP ended_at, DROP ended_with;
