//! A right that is withdrawn after the rule book has allowed a write, and before the write, doesn't
//! count. Locks hold both until both wait, and let them go in the order in which they came.

use common::accounts::{ChangeName, EndOtherSessions};
use common::chats::{DeleteMessage, GetMessages, MarkRead, Page, SendMessage};
use common::classes::{
    AddToClass, ArchiveClass, ClassRole, GetClass, RemoveFromClass, SetClassTeacher,
};
use common::endpoint::Endpoint;
use common::invites::{AskToJoin, CreateInvites, GetInvites};
use common::people::{EndRole, GetPeople, GrantRole};
use common::permissions::{Reason, Role};
use common::{AccountId, ClientId, Error, Name};
use diesel::sql_query;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl as _;
use tests::place::{CLASS, SCHOOL, STUDENTS_CHAT};
use tests::{Actor, TestSchool};

/// The turn of the school.
const TURN: &str = "schools WHERE id = 1";

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Waits until so many wait for the row that the test has locked: the first for the test, the others
/// behind it, in the database or, for a turn, before it.
pub async fn queued(school: &TestSchool, many: i64) {
    loop {
        let waiting: Count = sql_query(
            "SELECT count(*) FROM pg_locks
             WHERE NOT granted AND (transactionid = pg_current_xact_id()::xid
                 OR locktype = 'tuple' AND database = (
                     SELECT oid FROM pg_database WHERE datname = current_database()))",
        )
        .get_result(&mut *school.conn().await)
        .await
        .unwrap();
        let before = i64::try_from(school.app().turns.queue().waiting).unwrap();
        if waiting.count + before == many {
            return;
        }
        tokio::task::yield_now().await;
    }
}

/// Both have been allowed by the rule book before either is done; then first the one, then the other.
async fn one_before_the_other<A: Endpoint, B: Endpoint>(
    school: &TestSchool,
    row: &str,
    (withdraws, withdrawal): (&Actor, A),
    (writes, write): (&Actor, B),
) -> Error {
    school
        .sql(&format!("BEGIN; SELECT FROM {row} FOR UPDATE"))
        .await;
    let both = async {
        queued(school, 1).await;
        let release = async {
            queued(school, 2).await;
            school.sql("COMMIT").await;
        };
        tokio::join!(writes.call(write), release).0
    };
    let (withdrawn, written) = tokio::join!(withdraws.call(withdrawal), both);
    assert!(withdrawn.is_ok(), "the right was not withdrawn");
    let Err(error) = written else {
        panic!("{} without the right", B::NAME);
    };
    school.check().await;
    error
}

const LED_BY_ANOTHER: SetClassTeacher = SetClassTeacher {
    class: CLASS,
    teacher: Some(AccountId(4)),
};

fn removed(school: &TestSchool) -> RemoveFromClass {
    RemoveFromClass {
        class: CLASS,
        account: school.classmate.id(),
        role: ClassRole::Student,
    }
}

fn invite() -> CreateInvites {
    CreateInvites {
        class: CLASS,
        role: Role::Student,
        children: Vec::new(),
        days: 7,
        max_uses: 30,
    }
}

fn say(number: u128) -> SendMessage {
    SendMessage {
        chat: STUDENTS_CHAT,
        client_id: ClientId(number),
        body: "Завтра контрольная?".into(),
    }
}

#[tokio::test]
async fn a_class_teacher_who_was_replaced_removes_nobody() {
    let school = TestSchool::open().await;
    let error = one_before_the_other(
        &school,
        TURN,
        (&school.admin, LED_BY_ANOTHER),
        (&school.class_teacher, removed(&school)),
    );
    assert_eq!(error.await, Error::Denied(Reason::ClassTeacherOnly));
    let page = school.admin.call(GetClass { class: CLASS }).await.unwrap();
    let left = school.classmate.id();
    assert!(page.members.iter().any(|it| it.account == left));
}

#[tokio::test]
async fn a_class_teacher_who_was_replaced_invites_nobody() {
    let school = TestSchool::open().await;
    let error = one_before_the_other(
        &school,
        TURN,
        (&school.admin, LED_BY_ANOTHER),
        (&school.class_teacher, invite()),
    );
    assert_eq!(error.await, Error::Denied(Reason::ClassTeacherOnly));
    let made = GetInvites {
        school: SCHOOL,
        class: Some(CLASS),
        page: 0,
    };
    assert_eq!(school.admin.call(made).await.unwrap().total, 0);
}

#[tokio::test]
async fn an_administrator_whose_role_ended_ends_no_other() {
    let school = TestSchool::open().await;
    let end = |actor: &Actor| EndRole {
        school: SCHOOL,
        account: actor.id(),
        role: Role::Administrator,
    };
    let grant = |actor: &Actor| GrantRole {
        school: SCHOOL,
        account: actor.id(),
        role: Role::Administrator,
    };
    school.admin.does(grant(&school.teacher)).await;
    school.admin.does(grant(&school.other_teacher)).await;
    let error = one_before_the_other(
        &school,
        TURN,
        (&school.admin, end(&school.teacher)),
        (&school.teacher, end(&school.other_teacher)),
    );
    assert_eq!(error.await, Error::Denied(Reason::AdministratorOnly));
    let administrators = GetPeople {
        school: SCHOOL,
        search: String::new(),
        role: Some(Role::Administrator),
        class: None,
        page: 0,
    };
    assert_eq!(school.admin.call(administrators).await.unwrap().total, 2);
}

#[tokio::test]
async fn who_was_removed_deletes_no_message() {
    let school = TestSchool::open().await;
    school.classmate.does(say(1)).await;
    let delete = DeleteMessage {
        chat: STUDENTS_CHAT,
        seq: 1,
    };
    let error = one_before_the_other(
        &school,
        TURN,
        (&school.admin, removed(&school)),
        (&school.classmate, delete),
    );
    assert_eq!(error.await, Error::NotFound);
}

#[tokio::test]
async fn a_session_that_was_ended_changes_nothing() {
    let school = TestSchool::open().await;
    let elsewhere = school.student.another_browser_signed_in().await;
    let row = format!(
        "sessions WHERE account_id = {} ORDER BY id LIMIT 1",
        school.student.id()
    );
    let name = Name::new("Иванов", "Павел", None);
    let error = one_before_the_other(
        &school,
        &row,
        (&elsewhere, EndOtherSessions {}),
        (&school.student, ChangeName { name }),
    );
    assert_eq!(error.await, Error::SignIn);
    assert!(elsewhere.cookie().is_some());
}

/// What comes of a write that waits for the school while another browser ends its session.
async fn without_its_session<E: Endpoint>(school: &TestSchool, by: &Actor, write: E) -> Error {
    let elsewhere = by.another_browser_signed_in().await;
    school
        .sql(&format!("BEGIN; SELECT FROM {TURN} FOR UPDATE"))
        .await;
    let end = async {
        queued(school, 1).await;
        elsewhere.call(EndOtherSessions {}).await.unwrap();
        school.sql("COMMIT").await;
    };
    let (written, ()) = tokio::join!(by.call(write), end);
    let Err(error) = written else {
        panic!("{} without a session", E::NAME);
    };
    school.check().await;
    error
}

/// However the school is held, and where no session is needed.
#[tokio::test]
async fn a_session_that_was_ended_changes_nothing_in_a_school() {
    let school = TestSchool::open().await;
    let teacher = &school.class_teacher;
    let error = without_its_session(&school, teacher, removed(&school));
    assert_eq!(error.await, Error::SignIn);
    let error = without_its_session(&school, &school.admin, invite());
    assert_eq!(error.await, Error::SignIn);
    school.classmate.does(say(1)).await;
    let delete = DeleteMessage {
        chat: STUDENTS_CHAT,
        seq: 1,
    };
    let error = without_its_session(&school, &school.classmate, delete);
    assert_eq!(error.await, Error::SignIn);
    let error = without_its_session(&school, &school.outside_student, ask());
    assert_eq!(error.await, Error::SignIn);
}

fn ask() -> AskToJoin {
    AskToJoin {
        code: "shkola".into(),
        class: Some(CLASS),
        role: Role::Student,
        message: String::new(),
        child: None,
        account: None,
    }
}

#[tokio::test]
async fn nobody_asks_to_join_a_class_that_was_archived() {
    let school = TestSchool::open().await;
    let error = one_before_the_other(
        &school,
        TURN,
        (&school.admin, ArchiveClass { class: CLASS }),
        (&school.outside_student, ask()),
    );
    assert_eq!(error.await, Error::Denied(Reason::Archived));
}

/// What the students' chat says, when `withdrawal` came between the rule book's answer and the two
/// messages of the student and the classmate.
async fn said_after<E: Endpoint>(school: &TestSchool, withdrawal: E) -> [Result<(), Error>; 2] {
    // The lane is busy with a message that can't be written yet …
    school
        .sql("BEGIN; SELECT FROM chats WHERE id = 1 FOR NO KEY UPDATE")
        .await;
    let first = school.class_teacher.call(say(1));
    let others = async {
        queued(school, 1).await;
        let release = async {
            // … and those that were allowed wait behind it.
            while school.app().sender.queue().waiting < 2 {
                tokio::task::yield_now().await;
            }
            school.admin.call(withdrawal).await.unwrap();
            school.sql("COMMIT").await;
        };
        let (student, classmate) = (&school.student, &school.classmate);
        tokio::join!(student.call(say(2)), classmate.call(say(3)), release)
    };
    let (first, (student, classmate, ())) = tokio::join!(first, others);
    assert_eq!(first.unwrap().seq, 1);
    school.check().await;
    [student.map(|_| ()), classmate.map(|_| ())]
}

#[tokio::test]
async fn who_was_removed_says_nothing_more() {
    let school = TestSchool::offline().await;
    let said = said_after(&school, removed(&school)).await;
    assert_eq!(said, [Ok(()), Err(Error::NotFound)]);
    let newest = GetMessages {
        chat: STUDENTS_CHAT,
        from: Page::Newest,
    };
    let page = school.student.call(newest).await.unwrap();
    let authors: Vec<AccountId> = page.messages.iter().map(|it| it.author.id).collect();
    assert_eq!(authors, [school.class_teacher.id(), school.student.id()]);
    // The rule book was asked again for both.
    assert_eq!(school.app().repeated.count(), 2);
}

#[tokio::test]
async fn nothing_is_said_in_a_class_that_was_archived() {
    let school = TestSchool::offline().await;
    let said = said_after(&school, ArchiveClass { class: CLASS }).await;
    let archived = || Err(Error::Denied(Reason::Archived));
    assert_eq!(said, [archived(), archived()]);
}

/// Pages, sends and marks of reading believe what the rule book was told before, as long as nobody's place in the
/// school has changed.
#[tokio::test]
async fn what_is_remembered_of_a_right_ends_with_it() {
    let school = TestSchool::open().await;
    let newest = || GetMessages {
        chat: STUDENTS_CHAT,
        from: Page::Newest,
    };
    let mark = |seq| MarkRead {
        chat: STUDENTS_CHAT,
        seq,
    };
    school.classmate.does(say(1)).await;
    school.student.does(say(2)).await;
    for person in [&school.classmate, &school.student] {
        person.call(newest()).await.unwrap();
        person.does(mark(2)).await;
    }
    let counted = school.count_statements().await;
    school.classmate.call(newest()).await.unwrap();
    counted.at_most(1);

    school.admin.does(removed(&school)).await;
    assert_eq!(school.classmate.call(newest()).await, Err(Error::NotFound));
    assert_eq!(school.classmate.call(say(3)).await, Err(Error::NotFound));
    assert_eq!(school.classmate.call(mark(1)).await, Err(Error::NotFound));
    // Who stays is asked about once more.
    school.student.does(say(4)).await;
    let _ = counted.count();
    school.student.call(newest()).await.unwrap();
    counted.at_most(1);

    let back = AddToClass {
        class: CLASS,
        account: school.classmate.id(),
        role: ClassRole::Student,
    };
    school.admin.does(back).await;
    school.classmate.does(say(5)).await;
    school.admin.does(ArchiveClass { class: CLASS }).await;
    let archived = Err(Error::Denied(Reason::Archived));
    assert_eq!(school.student.call(say(6)).await.map(|_| ()), archived);
    school.student.call(newest()).await.unwrap();
}

/// What was said is shown with the role that the author has when saying it.
#[tokio::test]
async fn a_role_that_was_granted_is_in_the_next_message() {
    let school = TestSchool::open().await;
    let teacher = &school.class_teacher;
    let first = teacher.call(say(1)).await.unwrap();
    assert_eq!(first.author.role, Role::Teacher);
    let grant = GrantRole {
        school: SCHOOL,
        account: teacher.id(),
        role: Role::Administrator,
    };
    school.admin.does(grant).await;
    let next = teacher.call(say(2)).await.unwrap();
    assert_eq!(next.author.role, Role::Administrator);
}
