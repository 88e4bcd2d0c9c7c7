//! Diesel writes the statements; the texts among them are counted, and each has its reason.

use std::collections::BTreeMap;

use crate::files::{below, none};

/// Where statements stand as texts in SQL, how many, and what of their shape diesel's language can't say, or says
/// worse. `backend/src/tests.rs` holds each to the schema.
const IN_SQL: [(&str, usize, &str); 23] = [
    (
        "access.rs",
        2,
        "the rule book's facts in one statement, for a batch of questions",
    ),
    (
        "access/relations.rs",
        1,
        "how pairs of people stand to each other, for all pairs",
    ),
    (
        "accounts/queries.rs",
        2,
        "a session is found and its use noted in one statement; a few of those that are over, unless locked",
    ),
    (
        "channels/queries.rs",
        1,
        "views counted by buckets of readers",
    ),
    (
        "chats/queries/history.rs",
        1,
        "a page whose plan is kept: its limit is written out",
    ),
    (
        "chats/queries/list.rs",
        2,
        "the list of a reader, or of many: batches",
    ),
    (
        "chats/queries/members.rs",
        3,
        "a mark of reading, bounded by another table; a set of chats; the rule book's columns, for all chats of a reader",
    ),
    (
        "chats/queries/messages.rs",
        5,
        "batches of sends, numbers taken and used in one statement, kept plans",
    ),
    (
        "classes/members/queries.rs",
        1,
        "a set of relatives with their names",
    ),
    (
        "classes/queries.rs",
        2,
        "counts of all classes; classes made with their chats",
    ),
    (
        "database/check.rs",
        1,
        "settings of the server, which are in no table",
    ),
    ("database/connect.rs", 1, "a catalogue of the server"),
    ("demo/queries.rs", 4, "batches"),
    ("demo/queries/talk.rs", 4, "batches"),
    (
        "invites/queries.rs",
        2,
        "a join that locks one of its tables; rows locked in order before they change",
    ),
    ("membership/queries/archive.rs", 1, "a batch"),
    (
        "membership/queries/read.rs",
        2,
        "sets of people and of chats",
    ),
    ("membership/queries/write.rs", 7, "batches"),
    (
        "parents/queries.rs",
        1,
        "a join with the one class of several that fits best",
    ),
    (
        "people/contacts/queries.rs",
        1,
        "a set, searched by every word",
    ),
    (
        "people/queries.rs",
        1,
        "a page of people, searched by every word",
    ),
    (
        "schools/applications/queries/orders.rs",
        1,
        "a few of those that are over, unless locked",
    ),
    (
        "schools/queries.rs",
        3,
        "lists of schools with what waits there; a school made with all that it has; a write that says what was before",
    ),
];

/// Where texts go to the database as they are, several at once or outside of what can be prepared, how many,
/// and what of them is no statement about rows.
const AS_THEY_ARE: [(&str, usize, &str); 5] = [
    (
        "database/connect.rs",
        3,
        "settings of a connection and of a transaction; a database is made",
    ),
    ("database/health.rs", 1, "whether the database answers"),
    ("database/migrate.rs", 1, "a lock that is no row"),
    ("database/unsure.rs", 1, "whether the connection answers"),
    (
        "demo/queries/talk.rs",
        1,
        "sequences go on behind the demo's ids; the planner's figures",
    ),
];

/// The files of the backend with so many calls of this, but for tests.
fn calls(of: &str) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    let all = below("backend/src").into_iter();
    for file in all.filter(|file| file.is("rs") && !file.path.ends_with("/tests.rs")) {
        let path = file.path.trim_start_matches("backend/src/").to_owned();
        let calls = file.text.matches(of).count();
        if calls > 0 && path != "database/statement.rs" {
            found.insert(path, calls);
        }
    }
    found
}

fn listed<const N: usize>(list: [(&str, usize, &str); N]) -> BTreeMap<String, usize> {
    list.map(|(path, count, _)| (path.to_owned(), count)).into()
}

#[test]
fn diesel_writes_what_it_can() {
    for (of, list) in [
        ("sql_query(", listed(IN_SQL)),
        ("batch_execute(", listed(AS_THEY_ARE)),
    ] {
        assert_eq!(
            calls(of),
            list,
            "{of}…): write it in diesel's language, or say on the list why not"
        );
    }
}

/// What the views say is asked of them: `ended_at` and `left_at` are for those who write them.
#[test]
fn what_is_so_now_is_asked_of_the_views() {
    let writers = [
        "membership/queries/",
        "chats/queries/members.rs",
        "schema.rs",
    ];
    let mut found = Vec::new();
    for file in below("backend/src")
        .into_iter()
        .filter(|file| file.is("rs"))
    {
        if writers.iter().any(|writer| file.path.contains(writer)) {
            continue;
        }
        let asks = |line: &str| line.contains("ended_at") || line.contains("left_at");
        let lines = file.lines().filter(|(_, line)| asks(line));
        found.extend(lines.map(|(place, line)| format!("{place}: {}", line.trim())));
    }
    none(
        "Ask current_roles, current_class_members or current_chat_members:",
        &found,
    );
}

/// What a person is in a place is gathered by one text, which the rule book and lists share.
#[test]
fn standing_is_gathered_in_one_place() {
    let gathers = |text: &str| {
        let words: Vec<&str> = text.split_whitespace().collect();
        words.windows(4).any(|words| {
            let [select, _, from, table] = words else {
                return false;
            };
            select.ends_with("ARRAY(SELECT")
                && *from == "FROM"
                && ["current_roles", "current_class_members"].contains(table)
        })
    };
    assert!(gathers(
        "SELECT ARRAY(SELECT role\n FROM current_roles AS own WHERE true) AS roles"
    ));
    assert!(!gathers("SELECT ARRAY(SELECT seq FROM messages)"));
    let all = below("backend/src").into_iter();
    let found = all.filter(|file| file.is("rs") && gathers(&file.text));
    let found: Vec<String> = found.map(|file| file.path).collect();
    assert_eq!(found, ["backend/src/access/standing.rs"]);
}
