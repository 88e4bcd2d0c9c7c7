//! What PostgreSQL alone does with the same durable work: sequence and insert in one statement.

use std::path::Path;
use std::process::Command;

use backend::database::Purpose;
use backend::postgres::Cluster;

pub struct Raw {
    /// Messages a second, each in a commit of its own, 8 clients.
    pub one_statement: f64,
}

const SCRIPT: &str = "\\set chat random(10, 59)
WITH taken AS (UPDATE chats SET last_seq = last_seq + 1 WHERE id = :chat RETURNING last_seq)
INSERT INTO messages (chat_id, seq, author_id, client_id, body, sent_at)
SELECT :chat, last_seq, 1, gen_random_uuid(), repeat('x', 120), now() FROM taken;
";

pub fn pgbench(data_dir: &Path) -> Raw {
    let cluster = Cluster::start(data_dir, Purpose::Keep).unwrap();
    let script = std::env::temp_dir().join(format!("zvonok-bench-{}.sql", std::process::id()));
    std::fs::write(&script, SCRIPT).unwrap();
    let program = backend::postgres::program("pgbench").unwrap();
    let output = Command::new(program)
        .args([
            "--no-vacuum",
            "--client=8",
            "--jobs=2",
            "--time=10",
            "--protocol=prepared",
        ])
        .arg("--file")
        .arg(&script)
        .arg(cluster.url(backend::database::NAME))
        .output()
        .unwrap();
    std::fs::remove_file(&script).unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let one_statement = text
        .lines()
        .find_map(|line| line.strip_prefix("tps = "))
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|number| number.parse().ok())
        .unwrap_or_else(|| panic!("{text}{}", String::from_utf8_lossy(&output.stderr)));
    cluster.stop();
    Raw { one_statement }
}
