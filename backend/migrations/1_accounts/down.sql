DROP TABLE sessions, operators, accounts;
