//! Transactions that stood in each other's way: the call is done again, and nobody notices.

use common::accounts::ChangeName;
use common::chats::{MarkRead, SendMessage};
use common::classes::GetStructure;
use common::realtime::Event;
use common::{ClientId, Error, Name};
use diesel::sql_query;
use diesel::sql_types::Bool;
use diesel_async::RunQueryDsl as _;
use tests::TestSchool;
use tests::place::{SCHOOL, STUDENTS_CHAT};

/// Whoever changes a name does this first, and counts it: a sequence is not undone.
async fn before_each_change(school: &TestSchool, statements: &str) {
    before_each(school, "given ON accounts", statements).await;
}

/// The same for any column.
async fn before_each(school: &TestSchool, column: &str, statements: &str) {
    school
        .sql(&format!(
            "CREATE SEQUENCE runs;
             CREATE FUNCTION meets() RETURNS trigger LANGUAGE plpgsql AS $$
                 DECLARE run bigint := nextval('runs');
                 BEGIN {statements} RETURN NEW; END $$;
             CREATE TRIGGER meets AFTER UPDATE OF {column} FOR EACH ROW
                 EXECUTE FUNCTION meets();"
        ))
        .await;
}

fn renamed() -> ChangeName {
    ChangeName {
        name: Name::new("Иванов", "Павел", None),
    }
}

#[derive(diesel::QueryableByName)]
struct Truth {
    #[diesel(sql_type = Bool)]
    so: bool,
}

async fn so(school: &TestSchool, condition: &str) -> bool {
    true_now(school, &format!("(SELECT {condition} FROM runs)")).await
}

async fn true_now(school: &TestSchool, condition: &str) -> bool {
    let found: Truth = sql_query(format!("SELECT {condition} AS so"))
        .get_result(&mut *school.conn().await)
        .await
        .unwrap();
    found.so
}

#[tokio::test]
async fn a_deadlock_is_not_the_persons_trouble() {
    let school = TestSchool::open().await;
    let student = school.student.id();
    // With the account locked, it wants another school as soon as the other one wants the account.
    before_each_change(
        &school,
        "WHILE run = 1 AND NOT EXISTS (
             SELECT FROM pg_locks
             WHERE transactionid = pg_current_xact_id()::xid AND NOT granted) LOOP
             PERFORM pg_sleep(0.01);
         END LOOP;
         PERFORM FROM schools WHERE id = 2 FOR UPDATE;",
    )
    .await;
    // The other one has that school, wants the account, and is never the one to notice.
    school
        .sql(
            "BEGIN; SET LOCAL deadlock_timeout = '1h';
             SELECT FROM schools WHERE id = 2 FOR UPDATE",
        )
        .await;
    let other = async {
        while !so(&school, "is_called").await {
            tokio::task::yield_now().await;
        }
        let takes = format!("SELECT FROM accounts WHERE id = {student} FOR UPDATE; COMMIT");
        school.sql(&takes).await;
    };
    let (answer, ()) = tokio::join!(school.student.call(renamed()), other);
    assert_eq!(answer.unwrap().name.given, "Павел");
    assert!(so(&school, "last_value = 2").await);
    assert_eq!(school.app().repeated.count(), 1);
    school.check().await;
    let heard = school.student.heard();
    let told = heard.iter().filter(|it| matches!(it, Event::Account(_)));
    assert_eq!(told.count(), 1, "{heard:?}");
}

#[tokio::test]
async fn a_serialisation_failure_is_not_either() {
    let school = TestSchool::open().await;
    before_each_change(
        &school,
        "IF run = 1 THEN RAISE EXCEPTION 'meets another' USING ERRCODE = '40001'; END IF;",
    )
    .await;
    let me = school.student.does(renamed()).await;
    assert_eq!(me.name.given, "Павел");
    assert!(so(&school, "last_value = 2").await);
}

/// Nor where the rule book was told from memory.
#[tokio::test]
async fn a_mark_of_reading_is_done_again() {
    let school = TestSchool::open().await;
    let mark = |seq| MarkRead {
        chat: STUDENTS_CHAT,
        seq,
    };
    for number in [1, 2] {
        let say = SendMessage {
            chat: STUDENTS_CHAT,
            client_id: ClientId(number),
            body: "Доброе утро".into(),
        };
        school.student.does(say).await;
    }
    school.classmate.does(mark(1)).await;
    before_each(
        &school,
        "read_seq ON chat_members",
        "IF run = 1 THEN RAISE EXCEPTION 'meets another' USING ERRCODE = '40001'; END IF;",
    )
    .await;
    school.classmate.does(mark(2)).await;
    assert!(so(&school, "last_value = 2").await);
}

#[tokio::test]
async fn what_never_succeeds_ends() {
    let school = TestSchool::open().await;
    before_each_change(
        &school,
        "RAISE EXCEPTION 'meets another' USING ERRCODE = '40001';",
    )
    .await;
    let error = school.student.fails(renamed()).await;
    assert_eq!(error, Error::Unavailable);
    assert!(so(&school, "last_value = 3").await);
}

#[tokio::test]
async fn what_waits_too_long_is_told_so() {
    let school = TestSchool::open().await;
    before_each_change(
        &school,
        "PERFORM set_config('lock_timeout', '1ms', true);
         PERFORM FROM schools WHERE id = 2 FOR UPDATE;",
    )
    .await;
    school
        .sql("BEGIN; SELECT FROM schools WHERE id = 2 FOR UPDATE")
        .await;
    let error = school.student.call(renamed()).await;
    assert_eq!(error, Err(Error::Unavailable));
    school.sql("COMMIT").await;
    assert!(so(&school, "last_value = 1").await);
    school.check().await;
}

#[tokio::test]
async fn other_failures_are_not_repeated() {
    let school = TestSchool::open().await;
    before_each_change(&school, "RAISE EXCEPTION 'a mistake of ours';").await;
    let reply = school
        .student
        .reply(school.student.request(&renamed()))
        .await;
    assert_eq!(reply.status, 500);
    assert!(so(&school, "last_value = 1").await);
}

#[tokio::test]
async fn a_full_disk_is_told_so_and_nothing_is_repeated() {
    let school = TestSchool::open().await;
    before_each_change(
        &school,
        "RAISE EXCEPTION 'could not extend file \"base/1/2\": No space left on device'
             USING ERRCODE = '53100';",
    )
    .await;
    let error = school.student.fails(renamed()).await;
    assert_eq!(error, Error::Unavailable);
    assert!(so(&school, "last_value = 1").await);
}

/// Nothing was committed: on another connection it is done again.
#[tokio::test]
async fn a_connection_that_is_lost_is_not_the_persons_trouble() {
    let school = TestSchool::open().await;
    before_each_change(
        &school,
        "IF run = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;",
    )
    .await;
    let me = school.student.does(renamed()).await;
    assert_eq!(me.name.given, "Павел");
    assert!(so(&school, "last_value = 2").await);
    let heard = school.student.heard();
    let told = heard.iter().filter(|it| matches!(it, Event::Account(_)));
    assert_eq!(told.count(), 1, "{heard:?}");
}

#[tokio::test]
async fn where_every_connection_is_lost_it_ends() {
    let school = TestSchool::open().await;
    before_each_change(&school, "PERFORM pg_terminate_backend(pg_backend_pid());").await;
    let error = school.student.fails(renamed()).await;
    assert_eq!(error, Error::Unavailable);
    assert!(so(&school, "last_value = 3").await);
}

/// What reads, too.
#[tokio::test]
async fn a_read_that_loses_its_connection_is_done_again() {
    let school = TestSchool::open().await;
    school.sql("BEGIN; LOCK TABLE class_members").await;
    let kill = async {
        let terminated = "(SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                           WHERE wait_event_type = 'Lock' AND datname = current_database()) = 1";
        while !true_now(&school, terminated).await {
            tokio::task::yield_now().await;
        }
        school.sql("COMMIT").await;
    };
    let structure = GetStructure { school: SCHOOL };
    let (answer, ()) = tokio::join!(school.admin.call(structure), kill);
    answer.unwrap();
    assert!(school.app().repeated.count() >= 1);
}

/// The database goes on as if nothing were: but who was told that it isn't done must be right.
#[tokio::test]
async fn who_waits_too_long_is_told_and_nothing_comes_of_it() {
    let school = TestSchool::open().await;
    before_each_change(&school, "PERFORM pg_sleep(18);").await;
    let begun = std::time::Instant::now();
    let answer = school.student.call(renamed()).await;
    assert_eq!(answer, Err(Error::Unavailable));
    assert!(begun.elapsed() < std::time::Duration::from_secs(18));
    // Waits for the end of that transaction.
    let account = format!("SELECT FROM accounts WHERE id = {}", school.student.id());
    school.sql(&format!("{account} FOR UPDATE")).await;
    let as_before = format!("EXISTS ({account} AND given = 'Пётр')");
    assert!(true_now(&school, &as_before).await);
    assert!(so(&school, "last_value = 1").await);
    school.check().await;
}
