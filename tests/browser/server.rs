//! The real program, as somebody starts it: an empty data directory, the embedded database.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::driver::Folder;

/// Making a database and the demo school in it, unoptimised and beside other tests.
const PATIENCE: Duration = Duration::from_secs(240);

pub struct Server {
    process: Child,
    data: Folder,
    /// `http://127.0.0.1:43210`
    pub url: String,
    /// The people of the demo school.
    pub faces: Vec<Face>,
}

/// One who can sign in, as the program's output says.
#[derive(Clone, Debug)]
pub struct Face {
    pub login: String,
    pub who: String,
    pub password: String,
}

impl Server {
    pub fn start() -> Self {
        Self::run(&[])
    }

    pub fn demo() -> Self {
        Self::run(&["--demo"])
    }

    fn run(arguments: &[&str]) -> Self {
        let data = Folder::new("data");
        let mut process = program()
            .arg("serve")
            .args(arguments)
            .args(["--listen", "127.0.0.1:0", "--log", "warn", "--data-dir"])
            .arg(data.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        let (say, said) = mpsc::channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let _ = say.send(line);
            }
        });
        let start = Instant::now();
        let (mut faces, mut password) = (Vec::new(), String::new());
        let url = loop {
            let left = PATIENCE.saturating_sub(start.elapsed());
            let line = said
                .recv_timeout(left)
                .unwrap_or_else(|error| panic!("the server did not start: {error}"));
            if let Some(word) = line.split("with the password ").nth(1) {
                password = word.trim_end_matches(':').to_owned();
            }
            if let Some(url) = line.strip_prefix("Zvonok: ") {
                break url.to_owned();
            }
            faces.extend(face(&line, &password));
        };
        Self {
            process,
            data,
            url,
            faces,
        }
    }

    /// `zvonok operator add`, with the password on standard input.
    pub fn add_operator(&self, phone: &str, password: &str) {
        let mut adding = program()
            .args(["operator", "add", "--phone", phone])
            .args(["--surname", "Орлова", "--given-name", "Нина", "--data-dir"])
            .arg(self.data.path())
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        writeln!(adding.stdin.take().unwrap(), "{password}").unwrap();
        assert!(adding.wait().unwrap().success(), "no operator was added");
    }

    /// Who the demo school says is this: "Администратор".
    pub fn face(&self, who: &str) -> &Face {
        let mut faces = self.faces.iter();
        faces
            .find(|face| face.who.to_lowercase().starts_with(&who.to_lowercase()))
            .unwrap_or_else(|| panic!("no {who} among {:?}", self.faces))
    }
}

/// As somebody stops it: SIGTERM, and a clean end.
impl Drop for Server {
    fn drop(&mut self) {
        let kill = format!("kill -TERM {}", self.process.id());
        let _ = Command::new("sh").args(["-c", &kill]).status();
        let status = self.process.wait();
        if !std::thread::panicking() {
            assert!(
                status.as_ref().is_ok_and(std::process::ExitStatus::success),
                "the server ended with {status:?}"
            );
        }
    }
}

fn program() -> Command {
    let path = std::env::var_os("ZVONOK_BIN").map_or_else(beside, PathBuf::from);
    assert!(
        path.is_file(),
        "{} is missing: cargo build -p backend",
        path.display()
    );
    let mut command = Command::new(path);
    // A variable that begins like a setting and isn't one is refused.
    command.env_remove("ZVONOK_BIN");
    command
}

/// Where cargo puts it: target/debug/deps/browser-… stands beside target/debug/zvonok.
fn beside() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.parent().unwrap().with_file_name("zvonok")
}

/// `  +70000000001: Петрова Анна Сергеевна, Администратор`
fn face(line: &str, password: &str) -> Option<Face> {
    let (login, rest) = line.strip_prefix("  ")?.split_once(": ")?;
    let (_, who) = rest.split_once(", ")?;
    Some(Face {
        login: login.to_owned(),
        who: who.to_owned(),
        password: password.to_owned(),
    })
}
