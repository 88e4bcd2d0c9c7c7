//! What a person does on a page and sees there: by the words that stand on the screen. Everything waits for
//! what it needs until a deadline.

use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::driver::Browser;

/// So long a person waits, on a machine that does other things too.
const PATIENCE: Duration = Duration::from_secs(30);
const BEAT: Duration = Duration::from_millis(40);

/// Finds what is visible, in the open dialog if there is one: by one of the words that it may have.
const FIND: &str = "
const [kind, words] = arguments;
const clean = text => (text || '').replace(/[\\u00a0\\s]+/g, ' ').trim();
const open = [...document.querySelectorAll('dialog[open]')].pop();
const inside = selector => [...(open || document).querySelectorAll(selector)]
  .filter(it => it.checkVisibility({ visibilityProperty: true }) && !it.closest('#shell'));
const best = (all, text) => all.find(it => text(it).some(one => words.includes(one)))
  || all.find(it => text(it).some(one => words.some(word => one.startsWith(word))));
if (kind === 'field') {
  const label = best(inside('label'), it => [clean(it.textContent)]);
  if (label && label.control) return label.control;
  return best(inside('input, textarea, select'), it => [clean(it.getAttribute('aria-label'))]) || null;
}
return best(
  inside('button, a, summary, label, [role=tab], [role=menuitem]').filter(it => !it.disabled),
  it => [clean(it.getAttribute('aria-label')), clean(it.innerText), ...[...it.querySelectorAll('*')].map(part => clean(part.innerText))],
) || null;
";

/// The program draws, and waits for nothing.
const READY: &str = "return document.readyState === 'complete' && !document.getElementById('shell')
  && ![...document.querySelectorAll('[aria-busy=true]')].some(it => it.checkVisibility());";

const TEXT: &str = "return document.body ? document.body.innerText.replace(/\\u00a0/g, ' ') : '';";

impl Browser {
    /// Goes to a path of the server, or to a whole address, and waits until the screen is drawn.
    pub fn open(&self, place: &str) {
        let url = if place.starts_with("http") {
            place.to_owned()
        } else {
            format!("{}{place}", self.base)
        };
        self.post("url", &json!({ "url": url }));
        self.ready();
    }

    pub fn ready(&self) {
        self.wait("the screen", || {
            self.ask(READY, &json!([]))?
                .as_bool()
                .filter(|ready| *ready)
        });
    }

    /// Presses a button or a link by its words or its name.
    pub fn click(&self, words: &str) {
        self.wait(&format!("«{words}» to press"), || {
            let element = self.find("button", words)?;
            let command = format!("element/{element}/click");
            let clicked = self.attempt(&command, &json!({})).ok();
            if clicked.is_none() {
                // As a person scrolls who finds it under a bar.
                let scrolls = "arguments[0].scrollIntoView({ block: 'center' })";
                self.ask(scrolls, &json!([reference(&element)]));
            }
            clicked
        });
    }

    /// Presses the other button of the mouse on the message that says this.
    pub fn right_click(&self, words: &str) {
        let message = self.message(words);
        self.acts(&json!({
            "type": "pointer", "id": "mouse", "parameters": { "pointerType": "mouse" },
            "actions": [
                { "type": "pointerMove", "origin": message, "x": 0, "y": 0 },
                { "type": "pointerDown", "button": 2 },
                { "type": "pointerUp", "button": 2 },
            ],
        }));
    }

    /// Rests a finger on the message that says this.
    pub fn long_press(&self, words: &str) {
        let message = self.message(words);
        self.acts(&json!({
            "type": "pointer", "id": "finger", "parameters": { "pointerType": "touch" },
            "actions": [
                { "type": "pointerMove", "origin": message, "x": 0, "y": 0 },
                { "type": "pointerDown", "button": 0 },
                { "type": "pause", "duration": 900 },
                { "type": "pointerUp", "button": 0 },
            ],
        }));
    }

    /// Presses keys, by their WebDriver code points, one after the other.
    pub fn keys(&self, keys: &[char]) {
        for key in keys {
            self.acts(&json!({
                "type": "key", "id": "keys",
                "actions": [
                    { "type": "keyDown", "value": key.to_string() },
                    { "type": "keyUp", "value": key.to_string() },
                ],
            }));
        }
    }

    fn acts(&self, input: &Value) {
        self.post("actions", &json!({ "actions": [input] }));
    }

    /// The bubble of the message that says this, as an argument of a script.
    fn message(&self, words: &str) -> Value {
        let script = "return [...document.querySelectorAll('.message__bubble')]
            .find(it => it.innerText.includes(arguments[0])) || null;";
        self.wait(&format!("the message «{words}»"), || {
            let found = self.ask(script, &json!([words]))?;
            found.is_object().then_some(found)
        })
    }

    /// Writes into the field with this label; chooses, in a select.
    pub fn fill(&self, label: &str, text: &str) {
        self.wait(&format!("the field «{label}» for «{text}»"), || {
            let element = self.find("field", label)?;
            let kind = self.ask(
                "const it = arguments[0]; if (it.select && it.type !== 'date') it.select();
                return it.tagName === 'SELECT' ? 'select' : it.type;",
                &json!([reference(&element)]),
            )?;
            match kind.as_str()? {
                "select" => self.choose(&element, text),
                // What the keys mean in a date field depends on the machine's region.
                "date" => self.set(&element, text),
                _ => {
                    let command = format!("element/{element}/value");
                    self.attempt(&command, &json!({ "text": text })).ok()?;
                    Some(())
                }
            }
        });
    }

    /// Gives a file to the field with this label.
    pub fn attach(&self, label: &str, file: &Path) {
        let element = self.wait(&format!("the field «{label}»"), || {
            self.find("field", label)
        });
        let text = file.to_str().unwrap();
        self.post(
            &format!("element/{element}/value"),
            &json!({ "text": text }),
        );
    }

    /// Waits until the words can be read.
    pub fn sees(&self, words: &str) {
        let says = self.language.says(words);
        self.wait(&format!("«{words}» to read"), || {
            let text = self.text();
            says.iter().any(|words| text.contains(words)).then_some(())
        });
    }

    /// Waits until they can't.
    pub fn misses(&self, words: &str) {
        let says = self.language.says(words);
        self.wait(&format!("«{words}» to be gone"), || {
            let text = self.ask(TEXT, &json!([]))?;
            let text = text.as_str()?;
            says.iter().all(|words| !text.contains(words)).then_some(())
        });
    }

    /// Waits until a selector finds so many elements.
    pub fn counts(&self, selector: &str, count: u64) {
        self.wait(&format!("{count} of {selector}"), || {
            let script = "return document.querySelectorAll(arguments[0]).length";
            (self.ask(script, &json!([selector]))?.as_u64() == Some(count)).then_some(())
        });
    }

    pub fn text(&self) -> String {
        self.ask(TEXT, &json!([]))
            .and_then(|text| Some(text.as_str()?.to_owned()))
            .unwrap_or_default()
    }

    /// The text of the first element that a selector finds.
    pub fn text_of(&self, selector: &str) -> String {
        self.wait(selector, || {
            let script =
                "const it = document.querySelector(arguments[0]); return it && it.textContent";
            Some(self.ask(script, &json!([selector]))?.as_str()?.to_owned())
        })
    }

    pub fn value_of(&self, label: &str) -> String {
        let element = self.wait(label, || self.find("field", label));
        let value = self.run("return arguments[0].value", &json!([reference(&element)]));
        value.as_str().unwrap_or_default().to_owned()
    }

    /// What a phone reads when it is held before the picture that a selector finds.
    pub fn scans(&self, selector: &str) -> String {
        self.wait(&format!("a QR code in {selector}"), || {
            let script = "const it = document.querySelector(arguments[0]);
                it?.scrollIntoView({ block: 'center' }); return it";
            let found = self.ask(script, &json!([selector]))?;
            let element = found.as_object()?.values().next()?.as_str()?.to_owned();
            crate::qr::read(&self.picture(&element)?)
        })
    }

    /// Waits until the page has another place.
    pub fn arrives(&self, path: &str) {
        self.wait(&format!("the way to {path}, from {}", self.path()), || {
            self.path().starts_with(path).then_some(())
        });
        self.ready();
    }

    fn find(&self, kind: &str, words: &str) -> Option<String> {
        let found = self.ask(FIND, &json!([kind, self.language.says(words)]))?;
        Some(found.as_object()?.values().next()?.as_str()?.to_owned())
    }

    fn choose(&self, element: &str, words: &str) -> Option<()> {
        let script = "const [it, words] = arguments;
            const option = [...it.options].find(one => words.some(word => one.textContent.trim().startsWith(word)));
            if (!option) return null;
            it.value = option.value;
            it.dispatchEvent(new Event('change', { bubbles: true }));
            return true;";
        self.ask(
            script,
            &json!([reference(element), self.language.says(words)]),
        )?
        .as_bool()
        .map(drop)
    }

    fn set(&self, element: &str, text: &str) -> Option<()> {
        let script = "const [it, text] = arguments; it.value = text;
            it.dispatchEvent(new Event('input', { bubbles: true })); return true;";
        self.ask(script, &json!([reference(element), text]))?
            .as_bool()
            .map(drop)
    }

    /// Asks again and again; at the deadline the test fails with what the person sees instead.
    pub fn wait<T>(&self, what: &str, ask: impl Fn() -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            if let Some(answer) = ask() {
                return answer;
            }
            if start.elapsed() > PATIENCE {
                self.screenshot(&format!("failure-{}", std::process::id()));
                panic!(
                    "{what}: not after {PATIENCE:?}, at {}:\n{}\nconsole: {:?}",
                    self.path(),
                    self.text(),
                    self.console()
                );
            }
            sleep(BEAT);
        }
    }
}

/// An element as an argument of a script.
fn reference(element: &str) -> Value {
    json!({ "element-6066-11e4-a52e-4f735466cecf": element })
}
