//! A person's browser: Chromium without a window, with a profile of its own.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use base64::Engine as _;
use serde_json::{Value, json};

use crate::webdriver::{Refusal, WebDriver};
use crate::words::Language;

/// What the person holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Device {
    /// 360x740, with a finger.
    Phone,
    /// 768x1024, with a finger.
    Tablet,
    /// 1440x900, with a mouse.
    Desktop,
}

impl Device {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Tablet => "tablet",
            Self::Desktop => "desktop",
        }
    }
}

/// A folder that is gone with its last user.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new(purpose: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("zvonok-{purpose}-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub struct Browser {
    driver: Arc<WebDriver>,
    session: RefCell<String>,
    device: Device,
    pub language: Language,
    profile: Folder,
    /// The server's address, before every path.
    pub base: String,
    /// The console's messages that are no faults: a part of the text, and why.
    pub(crate) expected: RefCell<Vec<&'static str>>,
}

impl Browser {
    pub fn new(base: &str, device: Device, language: Language) -> Self {
        let driver = WebDriver::shared();
        let profile = Folder::new("browser");
        let session = driver.open(&capabilities(device, language, &profile));
        let browser = Self {
            driver,
            session: RefCell::new(session),
            device,
            language,
            profile,
            base: base.to_owned(),
            expected: RefCell::new(vec![
                // How the program finds out that nobody is signed in.
                "the server responded with a status of 401",
                // Advice of a frontend that was built with --dev.
                "outside a reactive tracking context",
            ]),
        };
        browser.fit();
        browser
    }

    /// Closed and opened again: what the person's disk keeps is still there.
    pub fn restart(&self) {
        self.close();
        let capabilities = capabilities(self.device, self.language, &self.profile);
        let session = self.driver.open(&capabilities);
        self.session.replace(session);
        self.fit();
    }

    /// Opens one more tab and goes on in it: the handles of the tab before and of this one.
    pub fn another_tab(&self) -> [String; 2] {
        let before = self.get("window");
        let opened = self.post("window/new", &json!({ "type": "tab" }));
        let handles = [&before, &opened["handle"]].map(|it| it.as_str().unwrap().to_owned());
        self.turn_to(&handles[1]);
        self.fit();
        handles
    }

    /// Goes on in another tab.
    pub fn turn_to(&self, tab: &str) {
        self.post("window", &json!({ "handle": tab }));
    }

    fn close(&self) {
        let path = format!("/session/{}", self.session.borrow());
        let _ = self.driver.call("DELETE", &path, None);
    }

    fn fit(&self) {
        // The person works in this window, though there is none on the screen and others have one, too.
        let focused = json!({ "enabled": true });
        self.tell("Emulation.setFocusEmulationEnabled", &focused);
        if self.device == Device::Desktop {
            self.post("window/rect", &json!({ "width": 1440, "height": 900 }));
        }
    }

    /// A command of the session.
    pub fn post(&self, command: &str, body: &Value) -> Value {
        self.attempt(command, body)
            .unwrap_or_else(|refusal| panic!("{command}: {refusal}"))
    }

    /// A command that may be refused.
    pub fn attempt(&self, command: &str, body: &Value) -> Result<Value, Refusal> {
        let path = format!("/session/{}/{command}", self.session.borrow());
        self.driver.call("POST", &path, Some(body))
    }

    fn get(&self, command: &str) -> Value {
        let path = format!("/session/{}/{command}", self.session.borrow());
        self.driver
            .call("GET", &path, None)
            .unwrap_or_else(|refusal| panic!("{command}: {refusal}"))
    }

    /// Runs a function's body in the page: `return document.title`.
    pub fn run(&self, script: &str, arguments: &Value) -> Value {
        self.post(
            "execute/sync",
            &json!({ "script": script, "args": arguments }),
        )
    }

    /// The same while the page may be on its way to another.
    pub fn ask(&self, script: &str, arguments: &Value) -> Option<Value> {
        let body = json!({ "script": script, "args": arguments });
        self.attempt("execute/sync", &body).ok()
    }

    /// The same for what answers later, through its last argument.
    pub fn run_async(&self, script: &str) -> Value {
        self.post("execute/async", &json!({ "script": script, "args": [] }))
    }

    pub fn path(&self) -> String {
        let url = self.get("url");
        let url = url.as_str().unwrap();
        url.strip_prefix(&self.base).unwrap_or(url).to_owned()
    }

    /// Takes the network away, or gives it back.
    pub fn offline(&self, offline: bool) {
        self.expected.borrow_mut().extend([
            "ERR_INTERNET_DISCONNECTED",
            // The network's return finds a try to connect under way, which is given up for a new one.
            "WebSocket is closed before the connection is established",
        ]);
        let conditions = json!({ "offline": offline, "latency": 0, "throughput": -1 });
        self.post(
            "chromium/network_conditions",
            &json!({ "network_conditions": conditions }),
        );
    }

    /// Takes the network away for some addresses, patterns with `*`; no others.
    pub fn block(&self, addresses: &[&str]) {
        self.expected.borrow_mut().push("ERR_BLOCKED_BY_CLIENT");
        self.tell("Network.enable", &json!({}));
        self.tell("Network.setBlockedURLs", &json!({ "urls": addresses }));
    }

    /// Lets requests to some addresses hang for good, patterns with `*`; no others from now on.
    pub fn hold(&self, addresses: &[&str]) {
        if addresses.is_empty() {
            return self.tell("Fetch.disable", &json!({}));
        }
        let patterns: Vec<Value> = addresses
            .iter()
            .map(|it| json!({ "urlPattern": it }))
            .collect();
        self.tell("Fetch.enable", &json!({ "patterns": patterns }));
    }

    /// Runs in every page from now on, before anything of it does.
    pub fn begin_with(&self, script: &str) {
        let command = "Page.addScriptToEvaluateOnNewDocument";
        self.tell(command, &json!({ "source": script }));
    }

    /// As a device that is in another time zone.
    pub fn travel(&self, zone: &str) {
        self.tell(
            "Emulation.setTimezoneOverride",
            &json!({ "timezoneId": zone }),
        );
    }

    /// As a person who has told the browser to save data.
    pub fn save_data(&self) {
        let saves = json!({ "dataSaverEnabled": true });
        self.tell("Emulation.setDataSaverOverride", &saves);
    }

    /// A command to Chromium itself.
    fn tell(&self, command: &str, parameters: &Value) {
        let body = json!({ "cmd": command, "params": parameters });
        self.post("goog/cdp/execute", &body);
    }

    /// The pages that a printer gets.
    pub fn printed(&self) -> usize {
        let file = self.post("print", &json!({}));
        let file = base64::engine::general_purpose::STANDARD
            .decode(file.as_str().unwrap())
            .unwrap();
        let page = b"/Type /Page\n";
        file.windows(page.len()).filter(|it| it == page).count()
    }

    /// Into target/shots.
    pub fn screenshot(&self, name: &str) {
        let picture = self.get("screenshot");
        let picture = base64::engine::general_purpose::STANDARD
            .decode(picture.as_str().unwrap())
            .unwrap();
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("shots");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{name}.png")), picture).unwrap();
    }

    /// An element as it looks, as a PNG.
    pub fn picture(&self, element: &str) -> Option<Vec<u8>> {
        let path = format!(
            "/session/{}/element/{element}/screenshot",
            self.session.borrow()
        );
        let picture = self.driver.call("GET", &path, None).ok()?;
        base64::engine::general_purpose::STANDARD
            .decode(picture.as_str()?)
            .ok()
    }

    /// What the console has said since the last time.
    pub fn console(&self) -> Vec<Value> {
        let log = self.post("se/log", &json!({ "type": "browser" }));
        log.as_array().cloned().unwrap_or_default()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.close();
    }
}

fn capabilities(device: Device, language: Language, profile: &Folder) -> Value {
    let language = language.tag();
    let mut options = json!({
        "args": [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
            format!("--lang={language}"), format!("--user-data-dir={}", profile.path().display()),
        ],
        "prefs": { "intl.accept_languages": language },
    });
    let touched = match device {
        Device::Phone => Some((360, 740)),
        Device::Tablet => Some((768, 1024)),
        Device::Desktop => None,
    };
    if let Some((width, height)) = touched {
        options["mobileEmulation"] = json!({
            "deviceMetrics": { "width": width, "height": height, "pixelRatio": 2, "touch": true },
        });
    }
    json!({
        "browserName": "chrome",
        "goog:chromeOptions": options,
        "goog:loggingPrefs": { "browser": "ALL" },
    })
}
