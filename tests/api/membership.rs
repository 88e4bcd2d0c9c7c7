//! Sets of changes to who belongs where: previewed, made, kept, for one and for many.

use backend::membership::{self, Change, Effects, Place, Preview, Set, Why};
use common::classes::ClassRole;
use common::parents::{DecideGuardianLink, LinkDecision, RegisterChild};
use common::people::EndRole;
use common::permissions::Role;
use common::{AccountId, ChatId, ClassId};
use diesel::sql_types::BigInt;
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl as _;
use tests::TestSchool;
use tests::place::{
    CLASS, CLASS_CHANNEL, MORNING, PARALLEL_CLASS, PARENTS_CHAT, SCHOOL, STUDENTS_CHAT,
};

use crate::parents::{asks, by_login, confirm};

/// Accounts of nobody yet: children with even numbers, each followed by its parent.
async fn newcomers(school: &TestSchool, families: i64) -> Vec<(AccountId, AccountId)> {
    let last = 5_000 + 2 * families - 1;
    school
        .sql(&format!(
            "INSERT INTO accounts (id, phone, surname, given, password_hash, created_at)
             OVERRIDING SYSTEM VALUE
             SELECT n, '+7917' || n, 'Новикова', 'Анна', 'x', '2026-11-16 06:00:00+00'
             FROM generate_series(5000, {last}) AS n"
        ))
        .await;
    (0..families)
        .map(|number| {
            let child = 5_000 + 2 * number;
            (AccountId(child), AccountId(child + 1))
        })
        .collect()
}

fn enter(families: &[(AccountId, AccountId)], class: ClassId) -> Vec<Change> {
    let both = |(child, parent): &(AccountId, AccountId)| {
        let family = Place::Family {
            child: *child,
            class,
        };
        [
            Change::begin(*child, Place::Class(class, ClassRole::Student), MORNING),
            Change::begin(*parent, family, MORNING),
        ]
    };
    families.iter().flat_map(both).collect()
}

fn leave(families: &[(AccountId, AccountId)]) -> Vec<Change> {
    let child =
        |pair: &(AccountId, AccountId)| Change::end(pair.0, Place::School(Role::Student), MORNING);
    families.iter().map(child).collect()
}

fn set(changes: &[Change]) -> Set<'_> {
    Set {
        school: SCHOOL,
        changes,
        why: Why::Staff,
        by: Some(AccountId(1)),
        at: MORNING,
    }
}

async fn apply(school: &TestSchool, changes: &[Change]) -> Effects {
    let mut tx = school.app().begin(&[SCHOOL]).await.unwrap();
    let effects = membership::apply(&mut tx, &set(changes)).await.unwrap();
    tx.commit().await.unwrap();
    effects
}

async fn preview(school: &TestSchool, changes: &[Change]) -> Preview {
    let mut conn = school.app().pool.get().await.unwrap();
    membership::preview(&mut conn, &set(changes)).await.unwrap()
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

async fn number(school: &TestSchool, select: &str) -> i64 {
    let mut conn = school.app().pool.get().await.unwrap();
    let found: Number = sql_query(format!("SELECT ({select}) AS number"))
        .get_result(&mut conn)
        .await
        .unwrap();
    found.number
}

#[tokio::test]
async fn a_set_costs_the_same_for_one_and_for_many() {
    let school = TestSchool::offline().await;
    let families = newcomers(&school, 200).await;
    let counted = school.count_statements().await;
    let mut costs = Vec::new();
    // Some are told one by one, and a whole school starts up again instead.
    for some in [&families[..1], &families[1..40], &families[40..]] {
        apply(&school, &enter(some, CLASS)).await;
        let came = counted.count();
        apply(&school, &leave(some)).await;
        costs.push((came, counted.count()));
    }
    assert_eq!(costs[0], costs[1], "{costs:?}");
    assert!(
        costs[2].0 < costs[1].0 && costs[2].1 < costs[1].1,
        "{costs:?}"
    );
    // Of which 6 read, 5 write and the others tell.
    assert!(costs[0].0 <= 28 && costs[0].1 <= 28, "{costs:?}");
}

#[tokio::test]
async fn a_preview_is_what_happens_and_writes_nothing() {
    const ROWS: &str =
        "SELECT (SELECT count(*) FROM memberships) + (SELECT count(*) FROM class_members)
        + (SELECT count(*) FROM guardian_links) + (SELECT count(*) FROM chat_members)
        + (SELECT count(*) FROM membership_changes)";
    let school = TestSchool::offline().await;
    let families = newcomers(&school, 30).await;
    let (here, there) = families.split_at(10);
    let mut come = enter(here, CLASS);
    come.extend(enter(there, PARALLEL_CLASS));
    // The class teacher of the one takes over the other, too.
    let lead = Place::Class(PARALLEL_CLASS, ClassRole::ClassTeacher);
    come.push(Change::begin(AccountId(2), lead, MORNING));
    let mut go = leave(there);
    go.push(Change::end(
        AccountId(5),
        Place::School(Role::Student),
        MORNING,
    ));
    for changes in [come, go] {
        let before = number(&school, ROWS).await;
        let shown = preview(&school, &changes).await.effects;
        assert_eq!(number(&school, ROWS).await, before);
        assert!(!shown.joins.is_empty() || !shown.leaves.is_empty());
        assert_eq!(apply(&school, &changes).await, shown);
        // The rule, asked of the whole school, finds everybody where the effects put them.
        school.check().await;
        // What is so already is no change.
        assert!(apply(&school, &changes).await.is_empty());
    }
}

#[tokio::test]
async fn rows_of_the_past_say_with_what_they_began_and_ended() {
    let school = TestSchool::offline().await;
    let families = newcomers(&school, 2).await;
    apply(&school, &enter(&families, CLASS)).await;
    apply(&school, &leave(&families)).await;
    let mine = "SELECT count(*) FROM membership_changes WHERE school_id = 1 AND by_id = 1 AND why = 'staff'";
    assert_eq!(number(&school, mine).await, 2);
    for table in ["memberships", "class_members"] {
        let kept = format!(
            "SELECT count(*) FROM {table}
             JOIN membership_changes AS began ON began.id = began_with
             JOIN membership_changes AS ended ON ended.id = ended_with
             WHERE account_id >= 5000 AND began.id < ended.id AND ended_at = ended.made_at"
        );
        assert_eq!(number(&school, &kept).await, 4, "{table}");
    }
}

#[tokio::test]
async fn when_many_move_the_school_starts_up_again_and_others_do_not() {
    let school = TestSchool::open().await;
    let families = newcomers(&school, 60).await;
    apply(&school, &enter(&families, CLASS)).await;
    for person in [&school.admin, &school.student, &school.other_parent] {
        assert_eq!(person.closed().await, Some(common::realtime::CLOSE_RESYNC));
        person.go_online().await;
    }
    school.check().await;
    // The other school hears that somebody writes in it: its sockets are those of before.
    let hello = common::chats::SendMessage {
        chat: ChatId(10),
        client_id: common::ClientId(1),
        body: "Доброе утро".into(),
    };
    school.outside_teacher.does(hello).await;
    assert!(!school.outside_student.heard().is_empty());
}

/// Who confirmed a link and who ended it are both known afterwards.
#[tokio::test]
async fn a_guardian_link_begins_and_ends_with_a_set() {
    let school = TestSchool::open().await;
    let (mother, teacher) = (&school.outside_parent, &school.class_teacher);
    let refused = asks(&school, mother, "Иванов Пётр").await;
    let refusal = LinkDecision::Refuse {
        reason: "Вас нет в списке".into(),
    };
    let decision = DecideGuardianLink {
        link: refused,
        decision: refusal,
    };
    school.admin.does(decision).await;
    // Makes room, and leaves who refused it.
    let link = asks(&school, mother, "Петр Иванов").await;
    let ended = format!(
        "SELECT count(*) FROM guardian_links JOIN membership_changes ON membership_changes.id = ended_with
         WHERE guardian_links.id = {refused} AND state = 'ended' AND began_with IS NULL
           AND decided_by = 1 AND by_id = 14 AND why = 'family'"
    );
    assert_eq!(number(&school, &ended).await, 1);

    teacher.does(confirm(link, Some(school.student.id()))).await;
    school.wait_days(1);
    let leaves = EndRole {
        school: SCHOOL,
        account: school.student.id(),
        role: Role::Student,
    };
    school.admin.does(leaves).await;
    let kept = format!(
        "SELECT count(*) FROM guardian_links
         JOIN membership_changes AS began ON began.id = began_with
         JOIN membership_changes AS ended ON ended.id = ended_with
         WHERE guardian_links.id = {link} AND state = 'ended'
           AND began.by_id = 2 AND began.why = 'family' AND began.made_at = decided_at
           AND decided_by = 2
           AND ended.by_id = 1 AND ended.why = 'staff' AND ended.made_at = ended_at
           AND decided_at < ended_at"
    );
    assert_eq!(number(&school, &kept).await, 1);
}

#[tokio::test]
async fn who_confirmed_stays_known_when_the_child_comes() {
    let school = TestSchool::open().await;
    let mother = &school.outside_parent;
    let link = asks(&school, mother, "Фёдорова Алёна").await;
    school.class_teacher.does(confirm(link, None)).await;
    school.wait_days(1);
    let account = by_login("alyona");
    mother.does(RegisterChild { link, account }).await;
    // One set for the child and its parent; the link is still the class teacher's.
    let kept = format!(
        "SELECT count(*) FROM guardian_links
         JOIN membership_changes AS began ON began.id = guardian_links.began_with
         JOIN class_members
             ON class_members.account_id IN (guardian_links.child_id, parent_id)
         JOIN membership_changes AS came ON came.id = class_members.began_with
         WHERE guardian_links.id = {link} AND state = 'confirmed'
           AND began.by_id = 2 AND decided_by = 2 AND began.made_at = decided_at
           AND came.by_id = 14 AND came.made_at = registration_confirmed_at"
    );
    assert_eq!(number(&school, &kept).await, 2);
}

/// Who loses the right to write is known before a class is archived; nobody stops to read.
#[tokio::test]
async fn an_archive_is_a_set_that_says_who_writes_no_more() {
    let school = TestSchool::offline().await;
    let archive = [Change::archive(CLASS, MORNING)];
    let shown = preview(&school, &archive).await;
    let effects = &shown.effects;
    assert!(effects.joins.is_empty() && effects.leaves.is_empty() && shown.opens.is_empty());
    assert_eq!(of(STUDENTS_CHAT, &shown.closes), [2, 5, 6]);
    assert_eq!(of(PARENTS_CHAT, &shown.closes), [2, 8, 9]);
    assert_eq!(
        of(CLASS_CHANNEL, &shown.closes),
        [1, 2],
        "others only read there"
    );
    assert_eq!(apply(&school, &archive).await, shown.effects);
    assert!(apply(&school, &archive).await.is_empty());
    let back = [Change::restore(CLASS, MORNING)];
    let opened = preview(&school, &back).await;
    assert_eq!(apply(&school, &back).await, opened.effects);
    assert_eq!(opened.opens, shown.closes);
    assert!(opened.closes.is_empty());
    let kept = "SELECT count(*) FROM classes
        JOIN membership_changes AS archived ON archived.id = archived_with
        JOIN membership_changes AS restored ON restored.id = restored_with
        WHERE classes.id = 1 AND archived_at IS NULL AND archived.id < restored.id
          AND archived.by_id = 1 AND restored.by_id = 1";
    assert_eq!(number(&school, kept).await, 1);
}

fn of(chat: ChatId, pairs: &[(ChatId, AccountId)]) -> Vec<i64> {
    let pairs = pairs.iter().filter(|pair| pair.0 == chat);
    pairs.map(|pair| pair.1.0).collect()
}

/// Writes no more who wrote before the set; writes again who may by what they are after it.
#[tokio::test]
async fn who_writes_is_right_when_the_same_set_changes_roles() {
    let school = TestSchool::offline().await;
    let lead = |account| {
        let place = Place::Class(CLASS, ClassRole::ClassTeacher);
        Change::begin(AccountId(account), place, MORNING)
    };
    let administer = Place::School(Role::Administrator);
    // A teacher of the class leads it in place of the class teacher, and it's archived at once.
    let archive = [lead(3), Change::archive(CLASS, MORNING)];
    let shown = preview(&school, &archive).await;
    assert_eq!(of(CLASS_CHANNEL, &shown.closes), [1, 2], "3 never wrote");
    assert_eq!(of(STUDENTS_CHAT, &shown.closes), [5, 6], "2 is out");
    assert_eq!(of(PARENTS_CHAT, &shown.closes), [8, 9]);
    assert!(shown.opens.is_empty());
    assert_eq!(apply(&school, &archive).await, shown.effects);
    // It comes back, and is led as before.
    let back = [Change::restore(CLASS, MORNING), lead(2)];
    let shown = preview(&school, &back).await;
    assert_eq!(of(CLASS_CHANNEL, &shown.opens), [1, 2], "3 only reads now");
    assert_eq!(of(STUDENTS_CHAT, &shown.opens), [5, 6], "2 joins");
    assert!(shown.closes.is_empty());
    assert_eq!(apply(&school, &back).await, shown.effects);
    // Who administers the school writes there, too.
    let archive = [Change::archive(CLASS, MORNING)];
    apply(&school, &archive).await;
    let back = [
        Change::begin(AccountId(3), administer, MORNING),
        Change::restore(CLASS, MORNING),
    ];
    let shown = preview(&school, &back).await;
    assert_eq!(of(CLASS_CHANNEL, &shown.opens), [1, 2, 3]);
    apply(&school, &back).await;
    let archive = [
        Change::end(AccountId(3), administer, MORNING),
        Change::archive(CLASS, MORNING),
    ];
    let shown = preview(&school, &archive).await;
    assert_eq!(of(CLASS_CHANNEL, &shown.closes), [1, 2, 3]);
    apply(&school, &archive).await;
    school.check().await;
}

/// And as much to come back. Who writes no more is for a preview alone to say, and costs nothing here.
#[tokio::test]
async fn an_archive_costs_the_same_for_one_and_for_many() {
    let school = TestSchool::offline().await;
    let counted = school.count_statements().await;
    let archive = |class| Change::archive(class, MORNING);
    apply(&school, &[archive(CLASS)]).await;
    let one = counted.count();
    assert!(one <= 27, "{one}");
    let back = [Change::restore(CLASS, MORNING)];
    apply(&school, &back).await;
    let of_restore = counted.count();
    assert!(of_restore > 0 && of_restore <= one, "{of_restore} {one}");
    apply(&school, &[archive(CLASS), archive(PARALLEL_CLASS)]).await;
    assert_eq!(counted.count(), one);
}
