-- How many changes of who belongs where a school has begun: each takes the next number, and with it
-- the school's turn. What the rule book was told under one number is so as long as the number is.
ALTER TABLE schools ADD turns bigint NOT NULL DEFAULT 0;
