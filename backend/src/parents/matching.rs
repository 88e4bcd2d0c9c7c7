//! Whether two names may be the same child's. Only to suggest and to notice repeats: a person
//! decides who is whose parent.

use common::Name;

/// How well a student's name fits what an invite or a parent says: both surname and given name,
/// one of them, nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    None,
    Part,
    Both,
}

pub fn fit(child_name: &str, student: &Name) -> Fit {
    let said = words(child_name);
    let said_all = |part: &str| {
        let part = words(part);
        !part.is_empty() && part.iter().all(|word| said.contains(word))
    };
    match (said_all(&student.surname), said_all(&student.given)) {
        (true, true) => Fit::Both,
        (true, false) | (false, true) => Fit::Part,
        (false, false) => Fit::None,
    }
}

/// The same words in any order; one may leave the patronymic out.
pub(super) fn same(one: &str, other: &str) -> bool {
    let (mut fewer, mut more) = (words(one), words(other));
    if fewer.len() > more.len() {
        std::mem::swap(&mut fewer, &mut more);
    }
    (fewer.len() == more.len() || fewer.len() > 1) && fewer.iter().all(|word| more.contains(word))
}

/// Lower case, ё as е.
fn words(name: &str) -> Vec<String> {
    name.split_whitespace()
        .map(|word| word.to_lowercase().replace('ё', "е"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_fit() {
        let fit = |said, surname, given| fit(said, &Name::new(surname, given, None));
        assert_eq!(fit("Иванов Пётр", "Иванов", "Петр"), Fit::Both);
        assert_eq!(fit("петр ИВАНОВ сергеевич", "Иванов", "Пётр"), Fit::Both);
        assert_eq!(fit("Иванов Петя", "Иванов", "Пётр"), Fit::Part);
        assert_eq!(fit("Петрова Анна", "Иванов", "Пётр"), Fit::None);
        let double = "Бонч Бруевич";
        assert_eq!(fit("Бонч Бруевич Владимир", double, "Владимир"), Fit::Both);
    }

    #[test]
    fn the_same_name_twice() {
        assert!(same("Семёнова  Алёна", "алена семенова"));
        assert!(same("Иванов Пётр Сергеевич", "Иванов Пётр"));
        assert!(!same("Иванов Пётр", "Иванов Павел"));
        assert!(!same("Иванов", "Иванов Пётр"));
    }
}
