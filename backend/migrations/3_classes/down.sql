DROP TABLE class_members, classes;
