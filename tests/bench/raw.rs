//! What PostgreSQL alone does with the same work: a message's sequence and row in one durable
//! statement, and a page of history.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use backend::database::Purpose;
use backend::postgres::Cluster;
use common::ChatId;

use crate::numbers::{Latency, Pages};

/// Into one of the classes of `place.sql`, by one of its members.
const SEND: &str = "\\set chat random(10, 59)
\\set author (:chat - 10) * 20 + 1
WITH taken AS (UPDATE chats SET last_seq = last_seq + 1 WHERE id = :chat RETURNING last_seq)
INSERT INTO messages (chat_id, seq, author_id, client_id, body, sent_at)
SELECT :chat, last_seq, :author, gen_random_uuid(), repeat('x', 120), now() FROM taken;
";

/// The server's own cluster, while the server doesn't run.
pub struct Raw {
    cluster: Cluster,
    /// Where the scripts and the logs are.
    folder: PathBuf,
}

impl Raw {
    pub fn start(data_dir: &Path) -> Self {
        let folder = data_dir.with_extension("raw");
        std::fs::create_dir_all(&folder).unwrap();
        Self {
            cluster: Cluster::start(data_dir, Purpose::Keep).unwrap(),
            folder,
        }
    }

    /// Messages a second, each in a commit of its own, 8 clients.
    pub fn messages(&self) -> f64 {
        let text = self.pgbench(SEND, &["--client=8", "--time=8"]);
        per_second(&text)
    }

    pub fn page(&self, chat: ChatId) -> Pages {
        let script = format!(
            "SELECT seq, author_id, client_id, body, sent_at, version FROM messages
             WHERE chat_id = {} ORDER BY seq DESC LIMIT 50;",
            chat.0
        );
        let prefix = format!("--log-prefix={}/page", self.folder.display());
        self.pgbench(&script, &["--client=1", "--time=1", "--log", &prefix]);
        let mut latencies = Vec::new();
        for file in std::fs::read_dir(&self.folder).unwrap() {
            let path = file.unwrap().path();
            if path.file_stem().is_some_and(|name| name == "page") {
                // The third of each line: microseconds.
                let log = std::fs::read_to_string(&path).unwrap();
                let times = log
                    .lines()
                    .filter_map(|line| line.split(' ').nth(2)?.parse().ok());
                latencies.extend(times.map(Duration::from_micros));
                std::fs::remove_file(path).unwrap();
            }
        }
        let text = self.pgbench(&script, &["--client=4", "--time=2"]);
        Pages {
            p50: Latency::of(latencies).p50,
            per_second: per_second(&text),
        }
    }

    fn pgbench(&self, script: &str, options: &[&str]) -> String {
        let path = self.folder.join("script.sql");
        std::fs::write(&path, script).unwrap();
        let program = backend::postgres::program("pgbench").unwrap();
        let output = Command::new(program)
            .args(["--no-vacuum", "--protocol=prepared"])
            .args(options)
            .arg("--file")
            .arg(&path)
            .arg(self.cluster.url(backend::database::NAME))
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{errors}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    pub fn stop(self) {
        self.cluster.stop();
        std::fs::remove_dir_all(&self.folder).unwrap();
    }
}

fn per_second(text: &str) -> f64 {
    text.lines()
        .find_map(|line| line.strip_prefix("tps = "))
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|number| number.parse().ok())
        .unwrap_or_else(|| panic!("{text}"))
}
