//! What classes are called.

use common::classes::{ClassKind, NewClass};
use common::error::Problem;
use common::validate::{self, Check};

/// A class whose name is in order.
pub struct Named {
    pub kind: ClassKind,
    pub grade: Option<i16>,
    pub letter: Option<String>,
    pub name: String,
}

/// Characters in the name of a group or club, at most.
const LONGEST: u32 = 60;

/// Checks one class: «7А» is made of its grade and letter, the others have the name as typed.
/// Problems are noted under the field's name after `prefix`. None if there are any.
pub fn check(check: &mut Check, prefix: &str, class: &NewClass) -> Option<Named> {
    let field = |name: &str| format!("{prefix}{name}");
    if class.kind != ClassKind::Grade {
        let name = check.take(&field("name"), validate::text(&class.name, LONGEST))?;
        return Some(Named {
            kind: class.kind,
            grade: None,
            letter: None,
            name,
        });
    }
    let grade = match class.grade {
        None => Err(Problem::Required),
        Some(grade @ 1..=11) => Ok(grade),
        Some(_) => Err(Problem::OutOfRange { min: 1, max: 11 }),
    };
    let grade = check.take(&field("grade"), grade);
    let letter = validate::class_letter(class.letter.as_deref().unwrap_or_default());
    let letter = check.take(&field("letter"), letter);
    let (grade, letter) = grade.zip(letter)?;
    Some(Named {
        kind: class.kind,
        grade: Some(grade),
        name: format!("{grade}{letter}"),
        letter: Some(letter),
    })
}
