DROP TABLE memberships, applications, schools;
