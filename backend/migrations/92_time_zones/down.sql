ALTER TABLE applications DROP time_zone;
ALTER TABLE schools DROP time_zone;
