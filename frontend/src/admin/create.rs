use common::classes::{Class, ClassKind, CreateClasses, NewClass};
use common::error::Problem;
use common::validate;
use leptos::{prelude::*, task::spawn_local};

use crate::load::Load;
use crate::ui::{Button, Form, FormErrors, SelectField, TextField, Variant, time, toast};
use crate::{api, errors, plural, store, t, text};

/// What the dialog begins with.
#[derive(Clone, PartialEq, Eq)]
pub struct Draft {
    pub kind: ClassKind,
    pub grade: Option<i16>,
    pub letters: String,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            kind: ClassKind::Grade,
            grade: None,
            letters: String::new(),
        }
    }
}

/// One class, or a whole row of the grid: «А Б В Г» makes four.
#[component]
pub fn CreateClass(draft: Draft, open: RwSignal<bool>, structure: Load<Vec<Class>>) -> AnyView {
    let kind = draft.kind;
    let grade = RwSignal::new(
        draft
            .grade
            .map(|grade| grade.to_string())
            .unwrap_or_default(),
    );
    let letters = RwSignal::new(draft.letters);
    let name = RwSignal::new(String::new());
    let problems = FormErrors::new();
    let busy = RwSignal::new(false);
    let submit = move || {
        let classes = if kind == ClassKind::Grade {
            problems.require("grade", &grade.get_untracked());
            problems.require("letters", &letters.get_untracked());
            let grade = grade.get_untracked().parse().ok();
            let letters = split(&letters.get_untracked());
            check(&letters, grade, structure, problems);
            letters
                .into_iter()
                .map(|letter| NewClass {
                    kind,
                    grade,
                    letter: Some(letter),
                    name: String::new(),
                })
                .collect()
        } else {
            problems.require("name", &name.get_untracked());
            vec![NewClass {
                kind,
                grade: None,
                letter: None,
                name: name.get_untracked(),
            }]
        };
        let Some(school) = untrack(store::school).filter(|_| problems.none()) else {
            return;
        };
        busy.set(true);
        let year = school_year();
        spawn_local(async move {
            match api::call(CreateClasses {
                school,
                year,
                classes,
            })
            .await
            {
                Ok(made) => {
                    toast::show(plural!(admin.created, made.len()));
                    structure.again();
                    open.set(false);
                }
                Err(common::Error::Invalid(all)) => {
                    for wrong in all {
                        // `classes.2.letter` belongs to the one field of letters, and so does their number.
                        let field = match wrong.field.rsplit('.').next().unwrap_or_default() {
                            "letter" | "classes" => "letters",
                            field => field,
                        };
                        problems.add(field, errors::problem(wrong.problem));
                    }
                }
                Err(error) => errors::show(problems, &error),
            }
            busy.try_set(false);
        });
    };
    // Called inside the form, whose errors the fields look for.
    let fields = move || {
        if kind == ClassKind::Grade {
            view! {
            <SelectField name="grade" value=grade label=t!(admin.grade) options=grades() />
            <TextField name="letters" value=letters label=t!(admin.letters) hint=t!(admin.letters_hint) />
        }
        .into_any()
        } else {
            view! { <TextField name="name" value=name label=t!(admin.class_name) hint=t!(admin.class_name_hint) /> }.into_any()
        }
    };
    view! {
        <Form errors=problems on_submit=submit>
            {fields()}
            <Button label=t!(admin.create_action) variant=Variant::Primary wide=true busy />
        </Form>
    }
    .into_any()
}

/// By the day that it is in the school.
fn school_year() -> i16 {
    let school = untrack(store::school);
    let zone = school.and_then(|id| store::peek(|state| Some(state.school(id)?.time_zone.clone())));
    let today = zone
        .flatten()
        .map_or_else(time::today, |zone| time::today_in(&zone));
    today.school_year()
}

/// What a grade is chosen from.
pub(super) fn grades() -> Signal<Vec<(String, String)>> {
    Signal::derive(|| {
        (1..=11)
            .map(|grade: i16| (grade.to_string(), text!(admin.grade_n, n = grade)))
            .collect()
    })
}

/// Says which letters are none, and which classes there are already.
fn check(
    letters: &[String],
    grade: Option<i16>,
    structure: Load<Vec<Class>>,
    problems: FormErrors,
) {
    let letters: Result<Vec<String>, Problem> = letters
        .iter()
        .map(|letter| validate::class_letter(letter))
        .collect();
    let letters = match letters {
        Ok(letters) if letters.is_empty() => Err(Problem::Letter),
        letters => letters,
    };
    let letters = match letters {
        Ok(letters) => letters,
        Err(problem) => return problems.add("letters", errors::problem(problem)),
    };
    let year = school_year();
    let there = |class: &&Class| {
        let letter = class.letter.as_ref();
        !class.archived
            && class.year == year
            && class.grade == grade
            && letter.is_some_and(|letter| letters.contains(letter))
    };
    let names = structure.with(|classes| {
        let names = classes.iter().filter(there).map(|class| class.name.clone());
        names.collect::<Vec<_>>().join(", ")
    });
    if let Some(names) = names.filter(|names| !names.is_empty()) {
        problems.add("letters", text!(admin.exist_already, names = names));
    }
}

/// «А-Г», «А Б В Г», «АБВГ»: the letters of a row.
fn split(text: &str) -> Vec<String> {
    let letters: Vec<char> = text
        .chars()
        .map(common::letters::upper)
        .filter(|c| c.is_alphabetic())
        .collect();
    if let ([first, last], true) = (letters.as_slice(), text.contains(['-', '–', '—'])) {
        return (*first..=*last)
            .filter(|c| !matches!(c, 'Й' | 'Ъ' | 'Ы' | 'Ь'))
            .map(String::from)
            .collect();
    }
    letters.into_iter().map(String::from).collect()
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn letters_of_a_row() {
        for text in ["А-Г", "а б в г", "АБВГ", "а, б, в, г", "А – Г"] {
            assert_eq!(split(text), ["А", "Б", "В", "Г"], "{text}");
        }
        assert_eq!(split("е-к"), ["Е", "Ж", "З", "И", "К"]);
    }
}
