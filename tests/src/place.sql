-- Two schools with their people. Numbers are given, so that tests can name them; what tests add
-- begins at 1,001.

INSERT INTO accounts (id, phone, surname, given, patronymic, birth_date, password_hash, created_at)
OVERRIDING SYSTEM VALUE
SELECT id, phone, surname, given, patronymic, birth_date::date, '{password}', '{time}'
FROM (VALUES
    (1, '+79160000001', 'Орлова', 'Вера', 'Николаевна', '1968-02-11'),
    (2, '+79160000002', 'Соколова', 'Анна', 'Сергеевна', '1981-07-30'),
    (3, '+79160000003', 'Белов', 'Игорь', 'Павлович', '1975-12-05'),
    (4, '+79160000004', 'Громова', 'Ирина', 'Львовна', '1990-03-19'),
    (5, '+79160000005', 'Иванов', 'Пётр', 'Алексеевич', '2013-05-03'),
    (6, '+79160000006', 'Смирнова', 'Мария', NULL, '2013-09-14'),
    (7, '+79160000007', 'Кузнецов', 'Артём', 'Ильич', '2013-01-22'),
    (8, '+79160000008', 'Иванова', 'Ольга', 'Юрьевна', '1986-10-01'),
    (9, '+79160000009', 'Смирнов', 'Денис', 'Олегович', '1984-04-27'),
    (10, '+79160000010', 'Кузнецова', 'Елена', 'Викторовна', '1988-08-08'),
    (11, '+79160000011', 'Зайцева', 'Тамара', 'Ивановна', '1965-06-16'),
    (12, '+79160000012', 'Лебедев', 'Олег', 'Борисович', '1979-11-23'),
    (13, '+79160000013', 'Новиков', 'Иван', NULL, '2013-02-02'),
    (14, '+79160000014', 'Новикова', 'Светлана', 'Андреевна', '1987-12-31'),
    (15, '+79160000015', 'Комаров', 'Глеб', 'Романович', '1992-01-09')
) AS people (id, phone, surname, given, patronymic, birth_date);

INSERT INTO operators (account_id, created_at) VALUES (15, '{time}');

-- The cookie of account 5 is session-5, and so on.
INSERT INTO sessions (id, account_id, token_hash, device, created_at, last_used_at)
OVERRIDING SYSTEM VALUE
SELECT id, id, sha256(convert_to('session-' || id, 'UTF8')), 'Firefox, Linux', '{time}', '{time}'
FROM accounts;

INSERT INTO schools (id, kind, full_name, short_name, region, municipality, settlement, code, created_at)
OVERRIDING SYSTEM VALUE VALUES
    (1, 'general', 'Средняя школа № 12', 'Школа № 12', 'Ярославская область', 'Рыбинск', 'Рыбинск', 'shkola', '{time}'),
    (2, 'general', 'Гимназия № 3', 'Гимназия № 3', 'Тверская область', 'Торжок', 'Торжок', 'gimnaz', '{time}');

INSERT INTO memberships (school_id, account_id, role, started_at)
SELECT school_id, account_id, role, '{time}'
FROM (VALUES
    -- An administrator is a teacher too, as everyone in the staff room (R51).
    (1, 1, 'administrator'), (1, 1, 'teacher'), (1, 2, 'teacher'), (1, 3, 'teacher'), (1, 4, 'teacher'),
    (1, 5, 'student'), (1, 6, 'student'), (1, 7, 'student'),
    (1, 8, 'parent'), (1, 9, 'parent'), (1, 10, 'parent'),
    (2, 11, 'administrator'), (2, 11, 'teacher'), (2, 12, 'teacher'), (2, 13, 'student'), (2, 14, 'parent')
) AS roles (school_id, account_id, role);

INSERT INTO classes (id, school_id, kind, grade, letter, name, year, created_at)
OVERRIDING SYSTEM VALUE VALUES
    (1, 1, 'grade', 7, 'А', '7А', 2026, '{time}'),
    (2, 1, 'grade', 7, 'Б', '7Б', 2026, '{time}'),
    (3, 1, 'staff_room', NULL, NULL, 'Учительская', 2026, '{time}'),
    (4, 2, 'grade', 7, 'А', '7А', 2026, '{time}'),
    (5, 2, 'staff_room', NULL, NULL, 'Учительская', 2026, '{time}');

INSERT INTO class_members (school_id, class_id, account_id, role, child_id, started_at)
SELECT school_id, class_id, account_id, role, child_id, '{time}'
FROM (VALUES
    (1, 1, 2, 'class_teacher', NULL), (1, 1, 3, 'teacher', NULL),
    (1, 1, 5, 'student', NULL), (1, 1, 6, 'student', NULL),
    (1, 1, 8, 'parent', 5), (1, 1, 9, 'parent', 6),
    (1, 2, 4, 'class_teacher', NULL), (1, 2, 7, 'student', NULL), (1, 2, 10, 'parent', 7),
    (1, 3, 1, 'teacher', NULL), (1, 3, 2, 'teacher', NULL), (1, 3, 3, 'teacher', NULL), (1, 3, 4, 'teacher', NULL),
    (2, 4, 12, 'class_teacher', NULL), (2, 4, 13, 'student', NULL), (2, 4, 14, 'parent', 13),
    (2, 5, 11, 'teacher', NULL), (2, 5, 12, 'teacher', NULL)
) AS members (school_id, class_id, account_id, role, child_id);

INSERT INTO guardian_links (id, school_id, class_id, parent_id, child_id, child_name, asked_at, state, decided_at, decided_by, registration_confirmed_at)
OVERRIDING SYSTEM VALUE
SELECT id, school_id, class_id, parent_id, child_id, child_name, '{time}', 'confirmed', '{time}', decided_by, '{time}'
FROM (VALUES
    (1, 1, 1, 8, 5, 'Иванов Пётр', 2),
    (2, 1, 1, 9, 6, 'Смирнова Мария', 2),
    (3, 1, 2, 10, 7, 'Кузнецов Артём', 4),
    (4, 2, 4, 14, 13, 'Новиков Иван', 12)
) AS links (id, school_id, class_id, parent_id, child_id, child_name, decided_by);

INSERT INTO chats (id, school_id, class_id, kind, name, audience, created_at)
OVERRIDING SYSTEM VALUE VALUES
    (1, 1, 1, 'class_students', NULL, NULL, '{time}'),
    (2, 1, 1, 'class_parents', NULL, NULL, '{time}'),
    (3, 1, 1, 'class_teachers', NULL, NULL, '{time}'),
    (4, 1, 2, 'class_students', NULL, NULL, '{time}'),
    (5, 1, 2, 'class_parents', NULL, NULL, '{time}'),
    (6, 1, 2, 'class_teachers', NULL, NULL, '{time}'),
    (7, 1, 3, 'class_teachers', NULL, NULL, '{time}'),
    (8, 1, NULL, 'channel', 'Общешкольный', 'school', '{time}'),
    (9, 1, NULL, 'channel', 'Сотрудники', 'staff', '{time}'),
    (10, 2, 4, 'class_students', NULL, NULL, '{time}'),
    (11, 2, 4, 'class_parents', NULL, NULL, '{time}'),
    (12, 2, 4, 'class_teachers', NULL, NULL, '{time}'),
    (13, 2, 5, 'class_teachers', NULL, NULL, '{time}'),
    (14, 2, NULL, 'channel', 'Общешкольный', 'school', '{time}'),
    (15, 2, NULL, 'channel', 'Сотрудники', 'staff', '{time}'),
    (16, 1, 1, 'channel', 'Новости 7А', 'class', '{time}');

INSERT INTO chat_members (chat_id, account_id, read_seq, joined_at)
SELECT chat_id, account_id, 0, '{time}' FROM rightful_chat_members;

ALTER TABLE accounts ALTER id RESTART WITH 1001;
ALTER TABLE sessions ALTER id RESTART WITH 1001;
ALTER TABLE schools ALTER id RESTART WITH 1001;
ALTER TABLE classes ALTER id RESTART WITH 1001;
ALTER TABLE guardian_links ALTER id RESTART WITH 1001;
ALTER TABLE chats ALTER id RESTART WITH 1001;
