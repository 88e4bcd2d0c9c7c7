//! Sentences for what only administrators, operators and applicants meet.

use common::Error;
use common::error::{Conflict, Problem};
use common::permissions::Reason;

use crate::text;

pub(super) fn sentence(error: &Error) -> Option<String> {
    match error {
        Error::Denied(Reason::OtherPhone) => Some(text!(rare_errors.other_phone)),
        Error::Conflict(conflict) => collision(*conflict),
        Error::Invalid(problems) => return problems.first().and_then(|one| problem(one.problem)),
        _ => None,
    }
    .map(str::to_owned)
}

fn collision(conflict: Conflict) -> Option<&'static str> {
    match conflict {
        Conflict::ClassName => Some(text!(rare_errors.class_name_taken)),
        Conflict::Organisation => Some(text!(rare_errors.organisation_known)),
        Conflict::LastAdministrator => Some(text!(rare_errors.last_administrator)),
        Conflict::Decided => Some(text!(rare_errors.decided_already)),
        Conflict::Phone | Conflict::Login | Conflict::Member | Conflict::Request => None,
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
        Problem::TooMany { max } => return Some(text!(rare_errors.too_many, max = max)),
        Problem::OutOfRange { min, max } => {
            return Some(text!(rare_errors.out_of_range, min = min, max = max));
        }
        _ => return None,
    };
    Some(sentence.to_owned())
}
