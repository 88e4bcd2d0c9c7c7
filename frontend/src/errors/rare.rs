//! Sentences for what only administrators, operators, applicants and those who join meet: of their chunks,
//! so that others don't download them.

use common::Error;
use common::error::{Conflict, InviteGone, Problem};
use common::permissions::Reason;

use crate::text;
use crate::ui::time;

/// From now on [`super::sentence`] knows them.
pub fn bring() {
    super::RARE.set(sentence);
}

fn sentence(error: &Error) -> Option<String> {
    match error {
        Error::Denied(Reason::OtherPhone) => Some(text!(rare_errors.other_phone)),
        Error::Conflict(conflict) => collision(*conflict),
        Error::InviteGone(gone) => return Some(invite(*gone)),
        Error::Invalid(problems) => return problems.first().and_then(|one| problem(one.problem)),
        _ => None,
    }
    .map(str::to_owned)
}

/// Why an invite can't be used, and what to do.
pub fn invite(gone: InviteGone) -> String {
    match gone {
        InviteGone::Unknown => text!(rare_errors.invite_unknown),
        InviteGone::UsedUp => text!(rare_errors.invite_used_up),
        InviteGone::Revoked => text!(rare_errors.invite_revoked),
        InviteGone::Expired { at } => {
            return text!(rare_errors.invite_expired, day = time::date(at));
        }
        InviteGone::ClassArchived => text!(rare_errors.invite_class_archived),
    }
    .to_owned()
}

fn collision(conflict: Conflict) -> Option<&'static str> {
    match conflict {
        Conflict::ClassName => Some(text!(rare_errors.class_name_taken)),
        Conflict::Organisation => Some(text!(rare_errors.organisation_known)),
        Conflict::LastAdministrator => Some(text!(rare_errors.last_administrator)),
        Conflict::Request => Some(text!(rare_errors.request_waits)),
        Conflict::Changed => Some(text!(rare_errors.changed_since)),
        Conflict::Phone | Conflict::Login | Conflict::Member | Conflict::Decided => None,
    }
}

fn problem(problem: Problem) -> Option<String> {
    let sentence = match problem {
        Problem::Email => text!(rare_errors.email),
        Problem::Inn => text!(rare_errors.inn),
        Problem::InnCheckDigit => text!(rare_errors.inn_check_digit),
        Problem::Kpp => text!(rare_errors.kpp),
        Problem::Letter => text!(rare_errors.letter),
        Problem::FileType => text!(rare_errors.file_type),
        Problem::Link => text!(rare_errors.link),
        Problem::Changed => text!(rare_errors.changed),
        Problem::TooMany { max } => return Some(text!(rare_errors.too_many, max = max)),
        Problem::OutOfRange { min, max } => {
            return Some(text!(rare_errors.out_of_range, min = min, max = max));
        }
        _ => return None,
    };
    Some(sentence.to_owned())
}
