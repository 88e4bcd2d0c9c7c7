//! Who reads further up stays there, whatever happens below.

use serde_json::{Value, json};

use crate::driver::Browser;
use crate::network::{meet, says, student_and_teacher};
use crate::server::Server;

/// The first message in sight, and how far it begins below the upper edge.
const SIGHT: &str = "
    const above = document.querySelector('.log__scroll').getBoundingClientRect().top;
    const first = [...document.querySelectorAll('[data-seq]')]
        .find(it => it.getBoundingClientRect().bottom > above);
    return [Number(first.dataset.seq), Math.round(first.getBoundingClientRect().top - above)];";

/// As with the wheel; then what follows is drawn.
const UP: &str = "
    const done = arguments[arguments.length - 1];
    document.querySelector('.log__scroll').scrollTop = -3000;
    requestAnimationFrame(() => requestAnimationFrame(() => done(null)));";

const DRAWN: &str = "
    const done = arguments[arguments.length - 1];
    requestAnimationFrame(() => requestAnimationFrame(() => done(null)));";

fn sight(browser: &Browser) -> Value {
    browser.run(SIGHT, &json!([]))
}

#[test]
fn a_deletion_below_moves_nobody() {
    let server = Server::demo();
    let (student, teacher) = student_and_teacher(&server);
    meet(&student, &teacher);
    for number in 1..=3 {
        let long = format!("Объявление {number}. {}", "Ещё слово. ".repeat(150));
        says(&teacher, &long);
        student.sees(&format!("Объявление {number}"));
        for _ in 0..3 {
            says(&teacher, "Коротко");
        }
    }
    teacher.counts(".message__state[data-state=sending]", 0);
    for number in 1..=3 {
        student.run_async(UP);
        let before = sight(&student);
        let words = format!("Объявление {number}.");
        teacher.right_click(&words);
        teacher.click("Удалить у всех");
        teacher.sees("Удалить сообщение у всех?");
        teacher.click("Удалить");
        student.misses(&words);
        student.run_async(DRAWN);
        assert_eq!(sight(&student), before, "{words}");
    }
}

/// What is below the first screen of unread messages is read by nobody yet.
#[test]
fn what_was_not_in_sight_is_not_read() {
    let server = Server::demo();
    let (student, teacher) = student_and_teacher(&server);
    meet(&student, &teacher);
    student.open("/channels");
    student.sees("Общешкольный");
    for number in 1..=6 {
        says(
            &teacher,
            &format!("Правило {number}. {}", "Ещё слово. ".repeat(150)),
        );
    }
    teacher.counts(".message__state[data-state=sending]", 0);
    let state = |words: &str| {
        let script = "const [words] = arguments;
            const found = [...document.querySelectorAll('.message')].find(it => it.innerText.includes(words));
            return found?.querySelector('.message__state')?.dataset.state;";
        teacher.ask(script, &json!([words]))
    };
    student.open("/chats");
    student.click("7А");
    student.arrives("/chats/");
    teacher.wait("the first to be read", || {
        (state("Правило 1.")? == "read").then_some(())
    });
    assert_eq!(state("Правило 6."), Some(json!("sent")));
    // And it stays where the reading goes on.
    student.open("/chats");
    student.click("7А");
    student.sees("Непрочитанные сообщения");
    student.click("К последним");
    teacher.wait("the last to be read", || {
        (state("Правило 6.")? == "read").then_some(())
    });
}
