DROP TABLE join_requests, invites;
