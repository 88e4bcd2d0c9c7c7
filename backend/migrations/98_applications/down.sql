ALTER TABLE applications DROP version;
