ALTER TABLE schools DROP turns;
