//! Who reads further up stays there, whatever happens below.

use serde_json::{Value, json};

use crate::driver::Browser;
use crate::network::{held, holds, lets_go, meet, says, student_and_teacher};
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

/// Goes up by a script, and tells what is in sight there before anything else happens.
fn goes_up(browser: &Browser, how: &str) -> Value {
    let log = "const log = document.querySelector('.log__scroll');";
    let before = browser.run(&format!("{log} {how}; {SIGHT}"), &json!([]));
    browser.run_async(DRAWN);
    before
}

/// So many messages are there, and the first in sight is where it was, to a pixel.
fn stays(browser: &Browser, before: &Value, messages: u64) {
    browser.counts("[data-seq]", messages);
    browser.run_async(DRAWN);
    let now = sight(browser);
    let moved = now[1].as_i64().unwrap() - before[1].as_i64().unwrap();
    assert!(
        now[0] == before[0] && moved.abs() <= 1,
        "with {messages} messages: {now} instead of {before}"
    );
}

/// Writes «Новость 1.» and so on, faster than by hand.
fn tells(writer: &Browser, from: u32, to: u32) {
    let script = format!(
        "const done = arguments[arguments.length - 1];
        const chat = Number(location.pathname.split('/').pop());
        const random = () => Array.from(crypto.getRandomValues(new Uint8Array(16)))
            .map(it => it.toString(16).padStart(2, '0')).join('');
        (async () => {{
            for (let n = {from}; n <= {to}; n++) {{
                const message = {{ chat, client_id: random(), body: `Новость ${{n}}.` }};
                const answer = await fetch('/api/chats/messages', {{
                    method: 'POST',
                    headers: {{ 'content-type': 'application/json' }},
                    body: JSON.stringify(message),
                }});
                if (!answer.ok) return done(answer.status);
            }}
            done(null);
        }})();"
    );
    assert_eq!(writer.run_async(&script), Value::Null);
}

/// How far a message has come, as its writer sees it.
fn state(writer: &Browser, words: &str) -> Option<Value> {
    let script = "const [words] = arguments;
        const found = [...document.querySelectorAll('.message')].find(it => it.innerText.includes(words));
        return found?.querySelector('.message__state')?.dataset.state;";
    writer.ask(script, &json!([words]))
}

fn is_read(writer: &Browser, words: &str) {
    writer.wait(&format!("«{words}» to be read"), || {
        (state(writer, words)? == "read").then_some(())
    });
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

/// Neither the opening at the end nor the way back to it lasts longer than the reader is there.
#[test]
fn who_has_left_the_end_is_not_brought_back() {
    let server = Server::demo();
    let (student, teacher) = student_and_teacher(&server);
    meet(&student, &teacher);
    // Whoever writes is at the end, and reads what comes there.
    says(&student, "Вопрос о месте");
    student.counts(".message__state[data-state=sending]", 0);
    says(&teacher, "Ответ о месте");
    is_read(&teacher, "Ответ о месте");

    student.open(&student.path());
    student.counts("[data-seq]", 50);
    student.run_async(DRAWN);
    student.counts(".log__down", 0);
    // Near to the oldest message that is there: those before it are fetched.
    let near_start = "log.scrollTop = log.clientHeight - log.scrollHeight + 400";
    let before = goes_up(&student, near_start);
    stays(&student, &before, 100);
    says(&teacher, "Пока читают раннее");
    stays(&student, &before, 101);

    // The newest is there already: nothing is fetched.
    student.click("К последним");
    student.counts(".log__down", 0);
    let before = goes_up(&student, "log.scrollTop = -1000");
    says(&teacher, "Пока читают снова");
    stays(&student, &before, 102);
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
    student.open("/chats");
    student.click("7А");
    student.arrives("/chats/");
    is_read(&teacher, "Правило 1.");
    assert_eq!(state(&teacher, "Правило 6."), Some(json!("sent")));
    // And it stays where the reading goes on.
    student.open("/chats");
    student.click("7А");
    student.sees("Непрочитанные сообщения");
    student.click("К последним");
    is_read(&teacher, "Правило 6.");
}

/// Who was at the end and then away comes back to where the reading goes on, not to the end, and has read only what
/// is in sight.
#[test]
fn who_was_away_goes_on_reading_where_it_stopped() {
    let server = Server::demo();
    let (student, teacher) = student_and_teacher(&server);
    meet(&student, &teacher);
    says(&teacher, "Последнее прочитанное");
    is_read(&teacher, "Последнее прочитанное");
    student.counts(".log__down", 0);

    student.offline(true);
    tells(&teacher, 1, 60);
    student.offline(false);
    student.sees("Непрочитанные сообщения");
    is_read(&teacher, "Новость 1.");
    let divider = "
        const log = document.querySelector('.log__scroll').getBoundingClientRect();
        const divider = document.querySelector('[data-divider]').getBoundingClientRect();
        return divider.top >= log.top && divider.bottom <= log.bottom;";
    assert_eq!(student.run(divider, &json!([])), true);
    student.counts(".log__down", 1);
    assert_eq!(state(&teacher, "Новость 60."), Some(json!("sent")));

    // The way to the newest leads there also while earlier ones are on their way.
    student.open(&student.path());
    student.sees("Непрочитанные сообщения");
    student.run_async(DRAWN);
    holds(&student, "/api/chats/messages");
    goes_up(
        &student,
        "log.scrollTop = log.clientHeight - log.scrollHeight + 400",
    );
    held(&student);
    student.click("К последним");
    lets_go(&student);
    is_read(&teacher, "Новость 60.");
    student.sees("Новость 60.");

    // In a window beside the one in which one works nothing is read, and nothing passes by.
    student.counts(".log__down", 0);
    student.run("document.hasFocus = () => false", &json!([]));
    tells(&teacher, 61, 90);
    student.sees("Новость 90.");
    assert_eq!(state(&teacher, "Новость 61."), Some(json!("sent")));
    let back = "delete document.hasFocus; window.dispatchEvent(new Event('focus'))";
    student.run(back, &json!([]));
    is_read(&teacher, "Новость 61.");
    assert_eq!(student.run(divider, &json!([])), true);
    student.counts(".log__down", 1);
    assert_eq!(state(&teacher, "Новость 90."), Some(json!("sent")));

    // Who has gone past it to the end, not working here, isn't brought back by what comes.
    student.run("document.hasFocus = () => false", &json!([]));
    goes_up(&student, "log.scrollTop = 0");
    student.counts(".log__down", 0);
    says(&teacher, "Новость 91.");
    student.sees("Новость 91.");
    student.run_async(DRAWN);
    student.counts(".log__down", 0);
    assert_eq!(state(&teacher, "Новость 91."), Some(json!("sent")));
}

/// Whoever writes sees what they wrote, also where the messages before it are still on their way.
#[test]
fn who_writes_stays_with_what_they_wrote() {
    let server = Server::demo();
    let (student, teacher) = student_and_teacher(&server);
    meet(&student, &teacher);
    says(&teacher, "Последнее прочитанное");
    is_read(&teacher, "Последнее прочитанное");
    student.open("/channels");
    student.sees("Общешкольный");
    tells(&teacher, 1, 100);
    student.open("/chats");
    student.click("7А");
    student.sees("Непрочитанные сообщения");
    student.run_async(DRAWN);
    // Only a part is there. What the teacher deletes is drawn while the rest is on its way.
    holds(&student, "/api/chats/messages?");
    says(&student, "Отвечаю сразу");
    held(&student);
    teacher.right_click("Новость 3.");
    teacher.click("Удалить у всех");
    teacher.click("Удалить");
    student.misses("Новость 3.");
    lets_go(&student);
    is_read(&teacher, "Новость 100.");
    student.sees("Новость 100.");
    student.run_async(DRAWN);
    student.counts(".log__down", 0);
    let last = "return [...document.querySelectorAll('.message')].pop().innerText";
    let last = student.run(last, &json!([]));
    assert!(last.as_str().unwrap().contains("Отвечаю сразу"), "{last}");
}

/// A window of the conversation holds only so much: who was away for longer goes on where it is fetched from.
#[test]
fn who_was_away_for_long_misses_nothing() {
    let server = Server::demo();
    let (student, teacher) = student_and_teacher(&server);
    meet(&student, &teacher);
    says(&teacher, "Последнее прочитанное");
    is_read(&teacher, "Последнее прочитанное");
    student.run("document.hasFocus = () => false", &json!([]));
    tells(&teacher, 1, 170);
    let back = "delete document.hasFocus; window.dispatchEvent(new Event('focus'))";
    student.run(back, &json!([]));
    student.sees("Непрочитанные сообщения");
    student.sees("Новость 1.");
    student.counts(".log__down", 1);
    assert_eq!(state(&teacher, "Новость 170."), Some(json!("sent")));
}
