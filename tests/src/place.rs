//! The place where tests happen: two schools with their people, by the numbers in `place.sql`.

use backend::accounts::passwords::Passwords;
use backend::database::Connection;
use common::{AccountId, ChatId, ClassId, Date, GuardianLinkId, Password, SchoolId, Timestamp};
use diesel_async::SimpleAsyncConnection as _;

pub(crate) const SQL: &str = include_str!("place.sql");

/// Everybody's.
pub const PASSWORD: &str = "солнце над школой";

/// «Школа № 12», where nearly everything happens.
pub const SCHOOL: SchoolId = SchoolId(1);
/// «Гимназия № 3», whose people must not see anything of it.
pub const OTHER_SCHOOL: SchoolId = SchoolId(2);

/// 7А of the school.
pub const CLASS: ClassId = ClassId(1);
/// 7Б of the school.
pub const PARALLEL_CLASS: ClassId = ClassId(2);
pub const STAFF_ROOM: ClassId = ClassId(3);
/// 7А of the other school.
pub const OTHER_SCHOOLS_CLASS: ClassId = ClassId(4);

/// Students of 7А with the class teacher.
pub const STUDENTS_CHAT: ChatId = ChatId(1);
/// Parents of 7А with the class teacher.
pub const PARENTS_CHAT: ChatId = ChatId(2);
/// Teachers of 7А.
pub const TEACHERS_CHAT: ChatId = ChatId(3);
pub const PARALLEL_STUDENTS_CHAT: ChatId = ChatId(4);
pub const PARALLEL_PARENTS_CHAT: ChatId = ChatId(5);
pub const STAFF_CHAT: ChatId = ChatId(7);
/// «Общешкольный»
pub const SCHOOL_CHANNEL: ChatId = ChatId(8);
/// «Сотрудники»
pub const STAFF_CHANNEL: ChatId = ChatId(9);
pub const OTHER_SCHOOLS_CHAT: ChatId = ChatId(10);
/// «Новости 7А»
pub const CLASS_CHANNEL: ChatId = ChatId(16);

/// The parent of the student.
pub const LINK: GuardianLinkId = GuardianLinkId(1);

/// When tests begin: Monday, 16 November 2026, 9:00 in Moscow.
pub const MORNING: Timestamp = Timestamp(
    Date {
        year: 2026,
        month: 11,
        day: 16,
    }
    .days() as i64
        * Timestamp::DAY
        + 6 * 60 * 60 * 1000,
);

/// The cookie of an account's first session.
#[must_use]
pub fn cookie(account: AccountId) -> String {
    format!("session-{account}")
}

/// As cheap as Argon2 allows.
#[must_use]
pub fn passwords() -> Passwords {
    Passwords::with(8, 1).unwrap()
}

/// Fills a migrated database. Who is in which chat follows from the rule, as in production.
pub(crate) async fn fill(conn: &mut Connection) {
    let hash = passwords().hash(&Password(PASSWORD.into())).await.unwrap();
    let sql = SQL
        .replace("{password}", &hash)
        .replace("{time}", "2026-11-16 06:00:00+00");
    conn.batch_execute(&sql).await.unwrap();
}
