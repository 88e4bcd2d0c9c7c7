//! Failures inside the server. What a person can meet is a [`common::Error`]; everything unforeseen
//! is logged with an id and answered with that id only.

use std::fmt;

use common::error::Conflict;
use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error as SqlError};
use tokio::task::JoinError;

use crate::clock::Clock;
use crate::seldom::Seldom;
use crate::sentences;

pub type Result<T, E = Failure> = std::result::Result<T, E>;

#[derive(Debug)]
pub enum Failure {
    /// Foreseen: the client is told.
    Known(common::Error),
    /// What the rule book was told is so no more, and nothing has happened yet: it is asked again.
    Outdated,
    /// Unforeseen: the log is told.
    Unforeseen(Box<dyn std::error::Error + Send + Sync>),
}

impl Failure {
    /// An unforeseen failure in words.
    #[must_use]
    pub fn unforeseen(words: impl Into<String>) -> Self {
        Self::Unforeseen(words.into().into())
    }

    /// What the client is told; the unforeseen is logged under `id`.
    #[must_use]
    pub fn answer(self, id: impl FnOnce() -> String) -> common::Error {
        match self {
            Self::Known(error) => error,
            Self::Outdated => common::Error::Unavailable,
            passing if passing.is_unavailable() => {
                passing.warn("the database can't do it now");
                common::Error::Unavailable
            }
            Self::Unforeseen(cause) => {
                let id = id();
                tracing::error!(%id, %cause, "unforeseen failure");
                common::Error::Internal { id }
            }
        }
    }
}

impl Failure {
    /// Whether a row is there already, which no rule of ours is about.
    #[must_use]
    pub fn is_collision(&self) -> bool {
        matches!(self.of_database(), Some(DatabaseErrorKind::UniqueViolation))
    }

    /// Whether the database undid the transaction because another one stood in its way: a deadlock,
    /// or a serialisation failure; or another one had changed the rights before. The same again may
    /// succeed.
    #[must_use]
    pub fn is_undone(&self) -> bool {
        if matches!(self, Self::Outdated) {
            return true;
        }
        match self.of_database() {
            Some(DatabaseErrorKind::SerializationFailure) => true,
            Some(DatabaseErrorKind::Unknown) => self.is_deadlock(),
            _ => false,
        }
    }

    /// Whether the connection is gone: lost, or ended by the database. What wasn't committed is undone.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        match self.of_database() {
            Some(DatabaseErrorKind::ClosedConnection) => true,
            Some(DatabaseErrorKind::UnableToSendCommand) => self.says(sentences::is_lost),
            Some(DatabaseErrorKind::Unknown) => self.says(sentences::is_ended),
            _ => false,
        }
    }

    /// Whether the same call again may succeed, unless something of it was committed.
    #[must_use]
    pub fn may_run_again(&self) -> bool {
        self.is_undone() || self.is_lost()
    }

    /// Whether neither the call nor we are to blame, and later it may succeed: the connection is gone, the
    /// disk is full or broken, the database took too long, or another transaction was always in the way.
    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        matches!(self, Self::Known(common::Error::Unavailable))
            || self.is_undone()
            || self.is_lost()
            || self.is_timeout()
            || (self.is_nameless() && self.says(sentences::is_exhausted))
    }

    /// A line in the log of what is [`Failure::is_unavailable`], which is so for everybody at once.
    pub fn warn(&self, what: &'static str) {
        static LINE: Seldom = Seldom::new();
        if let Some(left_out) = LINE.due(&Clock::System) {
            tracing::warn!(failure = %self, left_out, "{what}");
        }
    }

    /// Whether the database gave no answer, or one that can't be read: nobody knows whether the statement
    /// has happened. There is more of which nobody knows: [`crate::database::is_unsure`].
    #[must_use]
    pub fn is_unanswered(&self) -> bool {
        matches!(self.cause(), Some(SqlError::DeserializationError(_)))
            || matches!(
                self.of_database(),
                Some(DatabaseErrorKind::UnableToSendCommand | DatabaseErrorKind::ClosedConnection)
            )
    }

    /// Whether the database says something that diesel has no word for.
    #[must_use]
    pub fn is_nameless(&self) -> bool {
        matches!(self.of_database(), Some(DatabaseErrorKind::Unknown))
    }

    /// Whether the database stopped the statement because it, or a lock that it waited for, took too
    /// long: nothing of it has happened.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.says(sentences::is_timeout)
    }

    fn says(&self, sentence: impl Fn(&str) -> bool) -> bool {
        self.information()
            .is_some_and(|information| sentence(information.message()))
    }

    /// Diesel has no word for it and hides the code, and the database's sentences are in its own
    /// language. But it says in a line for each process which lock that waits for, and the locks'
    /// names are never translated.
    fn is_deadlock(&self) -> bool {
        self.information()
            .and_then(|information| information.details())
            .is_some_and(|details| {
                let mut lines = details.lines();
                details.lines().count() > 1
                    && lines.all(|line| line.split(' ').any(|word| word.ends_with("Lock")))
            })
    }

    fn of_database(&self) -> Option<&DatabaseErrorKind> {
        match self.cause()? {
            SqlError::DatabaseError(kind, _) => Some(kind),
            _ => None,
        }
    }

    fn information(&self) -> Option<&dyn DatabaseErrorInformation> {
        match self.cause()? {
            SqlError::DatabaseError(_, information) => Some(information.as_ref()),
            _ => None,
        }
    }

    fn cause(&self) -> Option<&SqlError> {
        let Self::Unforeseen(cause) = self else {
            return None;
        };
        match cause.downcast_ref::<SqlError>()? {
            SqlError::RollbackErrorOnCommit { commit_error, .. } => Some(commit_error),
            error => Some(error),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(error) => error.fmt(f),
            Self::Outdated => f.write_str("the rights have changed meanwhile"),
            Self::Unforeseen(cause) => cause.fmt(f),
        }
    }
}

impl std::error::Error for Failure {}

impl From<common::Error> for Failure {
    fn from(error: common::Error) -> Self {
        Self::Known(error)
    }
}

impl From<common::permissions::Denial> for Failure {
    fn from(denial: common::permissions::Denial) -> Self {
        Self::Known(denial.into())
    }
}

/// A task that has panicked.
impl From<JoinError> for Failure {
    fn from(panic: JoinError) -> Self {
        Self::Unforeseen(panic.into())
    }
}

impl From<Conflict> for Failure {
    fn from(conflict: Conflict) -> Self {
        Self::Known(common::Error::Conflict(conflict))
    }
}

/// Constraints are the last guard of what handlers check before, against two doing it at once.
impl From<SqlError> for Failure {
    fn from(error: SqlError) -> Self {
        match &error {
            SqlError::NotFound => Self::Known(common::Error::NotFound),
            SqlError::DatabaseError(DatabaseErrorKind::UniqueViolation, info) => {
                match info.constraint_name() {
                    Some("accounts_phone_key") => Conflict::Phone.into(),
                    Some("accounts_login_key") => Conflict::Login.into(),
                    Some("applications_organisation") => Conflict::Organisation.into(),
                    Some("classes_name") => Conflict::ClassName.into(),
                    Some("memberships_current" | "class_members_current") => {
                        Conflict::Member.into()
                    }
                    Some("join_requests_waiting") => Conflict::Request.into(),
                    Some("class_members_class_teacher" | "guardian_links_pair") => {
                        Conflict::Decided.into()
                    }
                    _ => Self::Unforeseen(Box::new(error)),
                }
            }
            _ => Self::Unforeseen(Box::new(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the database says, and what besides.
    struct Details(&'static str, Option<&'static str>);

    impl DatabaseErrorInformation for Details {
        fn message(&self) -> &'static str {
            self.0
        }
        fn details(&self) -> Option<&str> {
            self.1
        }
        fn hint(&self) -> Option<&str> {
            None
        }
        fn table_name(&self) -> Option<&str> {
            None
        }
        fn column_name(&self) -> Option<&str> {
            None
        }
        fn constraint_name(&self) -> Option<&str> {
            None
        }
        fn statement_position(&self) -> Option<i32> {
            None
        }
    }

    fn unknown(details: Option<&'static str>) -> Failure {
        said("ошибка", details)
    }

    fn said(message: &'static str, details: Option<&'static str>) -> Failure {
        let information = Box::new(Details(message, details));
        SqlError::DatabaseError(DatabaseErrorKind::Unknown, information).into()
    }

    #[test]
    fn what_took_too_long_is_unavailable_and_has_not_happened() {
        for message in sentences::TIMEOUTS {
            let failure = said(message, None);
            assert!(!failure.is_unanswered() && !failure.is_undone() && !failure.is_lost());
            let answer = failure.answer(String::new);
            assert_eq!(answer, common::Error::Unavailable);
        }
        let other = unknown(None).answer(String::new);
        assert!(matches!(other, common::Error::Internal { .. }));
    }

    #[test]
    fn a_full_disk_is_unavailable_and_no_other_fault() {
        for message in [
            "could not extend file \"base/16384/16655\": No space left on device",
            "не удалось увеличить файл \"base/16384/16655\": На устройстве не осталось свободного места",
            "could not write to file \"pg_wal/xlogtemp.7\": Disk quota exceeded",
            "could not read block 1 in file \"base/1/2\": Input/output error",
            "temporary file size exceeds temp_file_limit (1kB)",
            "нехватка памяти",
        ] {
            let failure = said(message, None);
            assert!(!failure.is_lost() && !failure.is_undone(), "{message}");
            let answer = failure.answer(String::new);
            assert_eq!(answer, common::Error::Unavailable, "{message}");
        }
        for message in [
            "invalid input syntax for type bigint: \"No space left on device\"",
            "column \"terminating connection\" does not exist",
        ] {
            assert!(!said(message, None).is_unavailable(), "{message}");
        }
    }

    #[test]
    fn a_connection_that_is_gone_is_unavailable() {
        let failure = |kind, message| -> Failure {
            SqlError::DatabaseError(kind, Box::new(Details(message, None))).into()
        };
        for (kind, message) in [
            (
                DatabaseErrorKind::Unknown,
                "terminating connection due to administrator command",
            ),
            (
                DatabaseErrorKind::Unknown,
                "закрытие подключения из-за краха другого серверного процесса",
            ),
            (DatabaseErrorKind::UnableToSendCommand, "connection closed"),
            (
                DatabaseErrorKind::UnableToSendCommand,
                "error communicating with the server: broken pipe",
            ),
            (DatabaseErrorKind::ClosedConnection, ""),
        ] {
            let failure = failure(kind, message);
            assert!(failure.is_lost(), "{message}");
            let answer = failure.answer(String::new);
            assert_eq!(answer, common::Error::Unavailable, "{message}");
        }
        // Ours, of the same kind.
        let ours = failure(
            DatabaseErrorKind::UnableToSendCommand,
            "error serializing parameter 0",
        );
        assert!(!ours.is_lost() && !ours.is_unavailable());
    }

    #[test]
    fn only_where_no_answer_came_it_is_nobodys_knowledge() {
        let failure = |kind| -> Failure {
            SqlError::DatabaseError(kind, Box::new(Details("ошибка", None))).into()
        };
        for lost in [
            DatabaseErrorKind::ClosedConnection,
            DatabaseErrorKind::UnableToSendCommand,
        ] {
            assert!(failure(lost).is_unanswered());
            let on_commit = SqlError::RollbackErrorOnCommit {
                rollback_error: Box::new(SqlError::BrokenTransactionManager),
                commit_error: Box::new(SqlError::DatabaseError(
                    DatabaseErrorKind::ClosedConnection,
                    Box::new(Details("ошибка", None)),
                )),
            };
            assert!(Failure::from(on_commit).is_unanswered());
        }
        for answered in [
            DatabaseErrorKind::Unknown,
            DatabaseErrorKind::SerializationFailure,
            DatabaseErrorKind::CheckViolation,
        ] {
            assert!(!failure(answered).is_unanswered());
        }
    }

    #[test]
    fn a_deadlock_is_known_in_every_language() {
        for details in [
            "Process 12 waits for ShareLock on transaction 7; blocked by process 15.\n\
             Process 15 waits for AccessExclusiveLock on relation 3 of database 5; blocked by process 12.",
            "Процесс 12 ожидает в режиме ShareLock блокировку \"транзакция 7\"; заблокирован процессом 15.\n\
             Процесс 15 ожидает в режиме ExclusiveLock блокировку \"рекомендательная [5,1,2,1]\"; заблокирован процессом 12.",
        ] {
            let failure = unknown(Some(details));
            assert!(failure.is_undone() && !failure.is_unanswered());
        }
        for details in [
            None,
            Some("ShareLock"),
            Some("Two lines\nof something else"),
        ] {
            let failure = unknown(details);
            assert!(!failure.is_undone() && failure.is_nameless());
        }
    }
}
