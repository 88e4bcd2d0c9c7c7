//! What a person is told of an error: what happened and what to do next, in their language.

pub mod rare;

use std::cell::Cell;

use common::Error;
use common::error::{Conflict, Problem};
use common::permissions::Reason;

use crate::ui::FormErrors;
use crate::{plural, text};

type Sentence = fn(&Error) -> Option<String>;

thread_local! {
    /// What the chunks that meet rare errors bring along.
    static RARE: Cell<Sentence> = const { Cell::new(|_| None) };
}

fn rare(error: &Error) -> String {
    RARE.get()(error).unwrap_or_else(|| text!(errors.malformed).to_owned())
}

/// The sentence for an error. Tracked: inside a reactive closure it follows the language.
pub fn sentence(error: &Error) -> String {
    match error {
        Error::SignIn => text!(errors.sign_in),
        Error::SomebodyElse { .. } => text!(errors.somebody_else),
        Error::WrongCredentials => text!(errors.wrong_credentials),
        Error::Denied(Reason::OtherPhone) | Error::InviteGone(_) => return rare(error),
        Error::Denied(reason) => denial(*reason),
        Error::NotFound => text!(errors.not_found),
        Error::Conflict(conflict) => return collision(*conflict),
        Error::TooLarge { limit } => {
            return text!(errors.too_large, kb = (limit / 1024));
        }
        Error::Invalid(problems) => match problems.as_slice() {
            [one] => return problem(one.problem),
            _ => text!(ui.fix_fields),
        },
        Error::Malformed => text!(errors.malformed),
        Error::TooMany { retry_after } if *retry_after < 60 => {
            return plural!(errors.wait_seconds, *retry_after);
        }
        Error::TooMany { retry_after } => {
            return plural!(errors.wait_minutes, retry_after.div_ceil(60));
        }
        Error::Internal { id } => return text!(errors.internal, id = id),
        Error::Unavailable => text!(errors.unavailable),
        Error::Offline => text!(errors.network),
    }
    .to_owned()
}

/// Shows an error in a form: each problem beside its field, the rest above the form. Fields are
/// named as in the request. Nothing that was typed is touched.
pub fn show(errors: FormErrors, error: &Error) {
    match error {
        Error::Invalid(problems) if !problems.is_empty() => {
            for wrong in problems {
                errors.add(wrong.field.clone(), problem(wrong.problem));
            }
        }
        Error::Conflict(conflict) => match conflict.field() {
            Some(field) => errors.add(field, collision(*conflict)),
            None => errors.summary(collision(*conflict)),
        },
        other => errors.summary(sentence(other)),
    }
}

/// The sentence beside a field.
pub fn problem(problem: Problem) -> String {
    match problem {
        Problem::Required => text!(errors.required),
        Problem::TooLong { max } => return plural!(errors.too_long, max),
        Problem::TooShort { min } => return plural!(errors.too_short, min),
        Problem::Phone => text!(errors.phone),
        Problem::Name => text!(errors.name),
        Problem::Date => text!(errors.date),
        Problem::Login => text!(errors.login),
        Problem::Choice => text!(errors.choice),
        Problem::WrongPassword => text!(errors.wrong_password),
        other => return rare(&Error::field("", other)),
    }
    .to_owned()
}

/// Why someone may not do a thing that they may see.
pub fn denial(reason: Reason) -> &'static str {
    match reason {
        Reason::AdministratorOnly => text!(errors.administrator_only),
        Reason::ClassTeacherOnly => text!(errors.class_teacher_only),
        Reason::StaffOnly => text!(errors.staff_only),
        Reason::ReadersOnly => text!(errors.readers_only),
        Reason::ClassReadersOnly => text!(errors.class_readers_only),
        Reason::NoContact => text!(errors.no_contact),
        Reason::Archived => text!(errors.archived),
        Reason::AuthorOnly => text!(errors.author_only),
        Reason::TooLate => text!(errors.too_late),
        // Of one form alone: see `sentence`.
        Reason::OtherPhone => "",
    }
}

fn collision(conflict: Conflict) -> String {
    match conflict {
        Conflict::Phone => text!(errors.phone_taken),
        Conflict::Login => text!(errors.login_taken),
        Conflict::Member => text!(errors.member_already),
        Conflict::Decided => text!(errors.decided_already),
        other => return rare(&Error::Conflict(other)),
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use common::error::InviteGone;

    use super::*;

    #[test]
    fn rare_sentences_come_with_the_chunks_that_need_them() {
        let error = Error::InviteGone(InviteGone::Revoked);
        assert_eq!(sentence(&error), text!(errors.malformed));
        rare::bring();
        assert_eq!(sentence(&error), text!(rare_errors.invite_revoked));
    }
}
