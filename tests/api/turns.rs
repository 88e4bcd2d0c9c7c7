//! Who waits for a school takes nothing from the others, and locks are taken in one order. Locks of the test
//! hold two transactions until they would have met: nobody's is undone.

use std::time::Duration;

use common::accounts::{ChangeName, EndOtherSessions};
use common::channels::{Audience, CreateChannel};
use common::chats::{GetMessages, Page, SendMessage};
use common::classes::SetClassTeacher;
use common::error::Error;
use common::invites::{AcceptInvite, CreateInvites};
use common::monitoring::GetHealth;
use common::parents::ConfirmChild;
use common::people::ResetPassword;
use common::permissions::Role;
use common::realtime::GetState;
use common::{AccountId, ChatId, ClientId, GuardianLinkId, Name, SchoolId};
use diesel::sql_query;
use diesel::sql_types::BigInt;
use diesel_async::{RunQueryDsl as _, SimpleAsyncConnection as _};
use tests::place::{
    CLASS, OTHER_SCHOOL, OTHER_SCHOOLS_CHAT, SCHOOL, STAFF_CHAT, STUDENTS_CHAT, TEACHERS_CHAT,
};
use tests::{Actor, TestSchool};

use crate::invites::{invite, secret};

/// Who waits so long waits for the other school.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// So many of the server's transactions wait for a lock of the database.
async fn locked(school: &TestSchool) -> i64 {
    // In a transaction PostgreSQL would show the connections of the first time.
    school.sql("SELECT pg_stat_clear_snapshot()").await;
    let found: Count = sql_query(
        "SELECT count(*) FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock'",
    )
    .get_result(&mut *school.conn().await)
    .await
    .unwrap();
    found.count
}

/// Waits until so many wait, in the database or before it.
async fn waiting(school: &TestSchool, many: i64) {
    let before = || i64::try_from(school.app().turns.queue().waiting).unwrap();
    let all = async {
        while locked(school).await + before() < many {
            tokio::task::yield_now().await;
        }
    };
    let all = tokio::time::timeout(PATIENCE, all).await;
    assert!(all.is_ok(), "fewer than {many} wait");
}

fn say(chat: ChatId, number: u128) -> SendMessage {
    SendMessage {
        chat,
        client_id: ClientId(number),
        body: "Доброе утро".into(),
    }
}

async fn health(school: &TestSchool) -> u16 {
    let stranger = school.stranger();
    stranger.reply(stranger.request(&GetHealth {})).await.status
}

#[tokio::test]
async fn who_waits_for_one_school_takes_no_connection_from_others() {
    const EACH: i64 = 20;
    let school = TestSchool::offline().await;
    school
        .sql("BEGIN; SELECT FROM schools WHERE id = 1 FOR UPDATE")
        .await;
    let mut held = Vec::new();
    for _ in 0..EACH {
        let (admin, leader) = (school.admin.clone(), school.class_teacher.clone());
        held.push(tokio::spawn(async move {
            let same = SetClassTeacher {
                class: CLASS,
                teacher: Some(AccountId(2)),
            };
            admin.call(same).await.map(|_| ())
        }));
        held.push(tokio::spawn(async move {
            let holds = invite(CLASS, Role::Student, 1);
            leader.call(holds).await.map(|_| ())
        }));
    }
    waiting(&school, 2 * EACH).await;
    let in_database = locked(&school).await;
    assert!((1..=2).contains(&in_database), "{in_database}");

    let outsider = &school.outside_student;
    let others = async {
        outsider.call(say(OTHER_SCHOOLS_CHAT, 1)).await.unwrap();
        let newest = GetMessages {
            chat: OTHER_SCHOOLS_CHAT,
            from: Page::Newest,
        };
        let page = outsider.call(newest).await.unwrap();
        assert_eq!(page.messages.len(), 1);
        assert_eq!(health(&school).await, 200);
        // In the same school, too, who needs no turn.
        school.student.call(GetState {}).await.unwrap();
    };
    let others = tokio::time::timeout(PATIENCE, others).await;
    others.expect("they wait for the other school");
    assert!(held.iter().all(|one| !one.is_finished()));
    school.sql("COMMIT").await;
    for one in held {
        one.await.unwrap().unwrap();
    }
    assert_eq!(school.app().turns.queue().waiting, 0);
}

fn new_channel(school: SchoolId) -> CreateChannel {
    CreateChannel {
        school,
        name: "Олимпиады".into(),
        audience: Audience::School,
    }
}

/// One who is in two schools, of which one is held up, holds up nobody in the other: before the database and in it.
#[tokio::test]
async fn who_is_in_two_schools_keeps_neither_for_the_other() {
    let school = TestSchool::offline().await;
    school
        .sql(
            "INSERT INTO memberships (school_id, account_id, role, started_at)
             VALUES (2, 5, 'student', now()), (2, 2, 'teacher', now())",
        )
        .await;
    for held in [SCHOOL, OTHER_SCHOOL] {
        let (other, administrator) = if held == SCHOOL {
            (OTHER_SCHOOL, &school.outside_admin)
        } else {
            (SCHOOL, &school.admin)
        };
        school
            .sql(&format!(
                "BEGIN; SELECT FROM schools WHERE id = {held} FOR UPDATE"
            ))
            .await;
        // The first waits in the database, the second for the first.
        let [first, second] = [&school.student, &school.class_teacher].map(|person| {
            let person = person.clone();
            tokio::spawn(async move { person.call(renamed()).await })
        });
        waiting(&school, 2).await;
        let turn = administrator.call(new_channel(other));
        let turn = tokio::time::timeout(PATIENCE, turn).await;
        turn.expect("it waits for the other school").unwrap();
        // Whoever can't have both is told so, before others give up on them.
        for one in [first, second] {
            let told = tokio::time::timeout(PATIENCE, one).await;
            let told = told.expect("it waits on").unwrap();
            assert_eq!(told.map(|_| ()), Err(Error::Unavailable));
        }
        school.sql("COMMIT").await;
    }
    school.student.call(renamed()).await.unwrap();
}

fn renamed() -> ChangeName {
    ChangeName {
        name: Name::new("Иванов", "Павел", None),
    }
}

async fn reset(school: &TestSchool, whose: &Actor) -> Result<(), Error> {
    let request = ResetPassword {
        school: SCHOOL,
        account: whose.id(),
    };
    school.admin.call(request).await.map(|_| ())
}

/// Both wait, the first behind the lock of the test; then it lets go.
async fn meet<A, B>(
    school: &TestSchool,
    row: &str,
    first: impl Future<Output = A>,
    second: impl Future<Output = B>,
) -> (A, B) {
    school
        .sql(&format!("BEGIN; SELECT FROM {row} FOR UPDATE"))
        .await;
    let both = async {
        waiting(school, 1).await;
        let release = async {
            waiting(school, 2).await;
            school.sql("COMMIT").await;
        };
        tokio::join!(second, release).0
    };
    let met = tokio::join!(first, both);
    assert_eq!(school.app().repeated.count(), 0, "one was undone");
    met
}

#[tokio::test]
async fn a_name_and_a_password_are_changed_at_once() {
    let school = TestSchool::offline().await;
    // Believed from now on: using a session writes to the account.
    school.student.call(GetState {}).await.unwrap();
    let name = school.student.call(renamed());
    let password = reset(&school, &school.student);
    let row = "accounts WHERE id = 5";
    let (name, password) = meet(&school, row, name, password).await;
    assert_eq!(name.unwrap().name.given, "Павел");
    assert_eq!(password, Ok(()));
}

#[tokio::test]
async fn a_child_of_two_schools_is_confirmed_and_renamed_at_once() {
    const LINK: GuardianLinkId = GuardianLinkId(900);
    let school = TestSchool::offline().await;
    school
        .sql(
            "INSERT INTO memberships (school_id, account_id, role, started_at)
             VALUES (2, 5, 'student', now());
             INSERT INTO guardian_links (id, school_id, class_id, parent_id, child_id, child_name,
                                         asked_at, state)
             OVERRIDING SYSTEM VALUE VALUES (900, 2, 4, 8, 5, 'Иванов Пётр', now(), 'confirmed');",
        )
        .await;
    let confirmed = school.parent.call(ConfirmChild { link: LINK });
    let name = school.student.call(renamed());
    let row = "guardian_links WHERE id = 900";
    let (confirmed, name) = meet(&school, row, confirmed, name).await;
    assert_eq!(confirmed.unwrap().child.link, LINK);
    assert_eq!(name.unwrap().name.given, "Павел");
}

#[tokio::test]
async fn an_invite_is_accepted_while_the_password_is_reset() {
    let school = TestSchool::offline().await;
    let request = CreateInvites {
        children: vec!["Смирнова Мария".into()],
        ..invite(CLASS, Role::Parent, 1)
    };
    let made = school.admin.call(request).await.unwrap();
    school.parent.call(GetState {}).await.unwrap();
    let accepted = school.parent.call(AcceptInvite {
        secret: secret(&made[0]),
        child: None,
    });
    let password = reset(&school, &school.parent);
    let row = "accounts WHERE id = 8";
    let (password, accepted) = meet(&school, row, password, accepted).await;
    assert_eq!(password, Ok(()));
    // Its session was ended before its turn came.
    assert_eq!(accepted, Err(Error::SignIn));
}

#[tokio::test]
async fn two_browsers_end_each_other() {
    let school = TestSchool::offline().await;
    let elsewhere = school.student.another_browser_signed_in().await;
    for browser in [&school.student, &elsewhere] {
        browser.call(GetState {}).await.unwrap();
    }
    let row = "sessions WHERE account_id = 5";
    let first = school.student.call(EndOtherSessions {});
    let second = elsewhere.call(EndOtherSessions {});
    let (first, second) = meet(&school, row, first, second).await;
    assert_eq!((first, second), (Ok(()), Err(Error::SignIn)));
}

#[tokio::test]
async fn a_batch_locks_its_chats_in_order() {
    let school = TestSchool::offline().await;
    let leader = &school.class_teacher;
    // The lane that these chats share is busy …
    let busy = format!("BEGIN; SELECT FROM chats WHERE id = {STAFF_CHAT} FOR UPDATE");
    school.sql(&busy).await;
    let first = leader.call(say(STAFF_CHAT, 1));
    let rest = async {
        waiting(&school, 1).await;
        // Without an order PostgreSQL takes the first of them last.
        let sent = [STAFF_CHAT, TEACHERS_CHAT, STUDENTS_CHAT].map(|chat| leader.call(say(chat, 2)));
        let checked = async {
            while school.app().sender.queue().waiting < 3 {
                tokio::task::yield_now().await;
            }
            // … and what comes next finds the first of its chats locked.
            let mut other = school.app().pool.get().await.unwrap();
            let hold = "BEGIN; SELECT FROM chats WHERE id = 1 FOR UPDATE";
            other.batch_execute(hold).await.unwrap();
            school.sql("COMMIT").await;
            while school.app().sender.queue().waiting > 0 {
                tokio::task::yield_now().await;
            }
            waiting(&school, 1).await;
            let free: Vec<Count> = sql_query(
                "SELECT id AS count FROM chats WHERE id IN (3, 7) FOR UPDATE SKIP LOCKED",
            )
            .load(&mut other)
            .await
            .unwrap();
            other.batch_execute("COMMIT").await.unwrap();
            assert_eq!(free.len(), 2, "it holds a later one");
        };
        tokio::join!(futures_util::future::join_all(sent), checked).0
    };
    let (first, rest) = tokio::join!(first, rest);
    assert_eq!(first.unwrap().seq, 1);
    assert!(rest.iter().all(Result::is_ok), "{rest:?}");
}

/// Of several chats at once, with those that are told twice.
#[tokio::test]
async fn a_batch_of_many_chats_is_written_as_one_by_one() {
    let school = TestSchool::offline().await;
    let leader = &school.class_teacher;
    let busy = format!("BEGIN; SELECT FROM chats WHERE id = {STAFF_CHAT} FOR UPDATE");
    school.sql(&busy).await;
    let first = leader.call(say(STAFF_CHAT, 1));
    let rest = async {
        waiting(&school, 1).await;
        let chats = [TEACHERS_CHAT, STUDENTS_CHAT, TEACHERS_CHAT, STUDENTS_CHAT];
        let numbers = [1, 2, 3, 2];
        let sent = chats.into_iter().zip(numbers);
        let sent = sent.map(|(chat, number)| leader.call(say(chat, number)));
        let release = async {
            while school.app().sender.queue().waiting < 4 {
                tokio::task::yield_now().await;
            }
            school.sql("COMMIT").await;
        };
        tokio::join!(futures_util::future::join_all(sent), release).0
    };
    let (_, rest) = tokio::join!(first, rest);
    let mut seqs: Vec<i64> = rest.into_iter().map(|it| it.unwrap().seq).collect();
    // Which of the two in the teachers' chat came first is open; the repeat is the same message.
    assert_eq!((seqs[1], seqs[3]), (1, 1));
    seqs.sort_unstable();
    assert_eq!(seqs, [1, 1, 1, 2]);
    let state = leader.call(GetState {}).await.unwrap();
    assert_eq!(state.chats.0[&TEACHERS_CHAT].unread(), 0);
}
