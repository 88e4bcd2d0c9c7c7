//! The demo school: as large as a real one, and the same each time.

use std::collections::BTreeMap;

use backend::{database, demo};
use diesel::sql_types::{BigInt, Text};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl as _;
use tests::Database;
use tests::place::{MORNING, passwords};

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = Text)]
    what: String,
    #[diesel(sql_type = BigInt)]
    count: i64,
    /// Of all that is in the rows but passwords, whose salts differ.
    #[diesel(sql_type = Text)]
    digest: String,
}

const COUNTS: &str = "
    SELECT 'classes' AS what, count(*), md5(string_agg(name, ' ' ORDER BY id)) AS digest
    FROM classes WHERE kind = 'grade'
    UNION ALL
    SELECT CASE WHEN role = 'administrator' THEN 'administrators' ELSE role || 's' END,
           count(DISTINCT account_id), md5(string_agg(account_id::text, ' ' ORDER BY id))
    FROM memberships GROUP BY role
    UNION ALL
    SELECT 'names', count(*), md5(string_agg(surname || given || coalesce(phone, login), ' ' ORDER BY id))
    FROM accounts
    UNION ALL
    SELECT 'messages', count(*),
           md5(string_agg(concat(author_id, sent_at, body), ' ' ORDER BY chat_id, seq))
    FROM messages
    UNION ALL
    SELECT 'days', (max(sent_at)::date - min(sent_at)::date)::bigint, '' FROM messages
    UNION ALL
    SELECT 'in the future', count(*), '' FROM messages WHERE sent_at > $1";

async fn filled() -> BTreeMap<String, (i64, String)> {
    let empty = Database::empty().await;
    database::migrate(&empty.url).await.unwrap();
    let mut conn = empty.connect().await;
    let faces = demo::fill(&mut conn, &passwords(), MORNING).await.unwrap();
    assert!(faces.len() >= 5, "{faces:?}");
    let rows: Vec<Count> = sql_query(COUNTS)
        .bind::<diesel::sql_types::Timestamptz, _>(MORNING)
        .load(&mut conn)
        .await
        .unwrap();
    rows.into_iter()
        .map(|row| (row.what, (row.count, row.digest)))
        .collect()
}

#[tokio::test]
async fn the_demo_school_is_of_real_size_and_the_same_each_time() {
    let (one, other) = tokio::join!(filled(), filled());
    assert_eq!(one, other);
    for (what, least, most) in [
        ("classes", 33, 33),
        ("students", 880, 920),
        ("parents", 1350, 1500),
        ("teachers", 58, 62),
        ("messages", 58_000, 66_000),
        ("days", 175, 185),
        ("in the future", 0, 0),
    ] {
        let count = one[what].0;
        assert!((least..=most).contains(&count), "{what}: {count}");
    }
}
