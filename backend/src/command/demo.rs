//! `zvonok serve --demo`.

use std::fmt::Write as _;
use std::fs;
use std::time::Instant;

use backend::accounts::passwords::Passwords;
use backend::clock::Clock;
use backend::config::Config;
use backend::database::Database;
use backend::demo::{self, PASSWORD};

use crate::Outcome;

/// Everyone knows the passwords of the demo school.
pub fn only_here(config: &Config) -> Outcome {
    if config.behind_proxy || !config.listen.ip().is_loopback() {
        return Err(
            "--demo makes people whose password everyone knows, so it is only for this machine: \
             listen on 127.0.0.1, without behind_proxy"
                .into(),
        );
    }
    Ok(())
}

/// Fills the database if it is empty, and says who can sign in; at later starts it says so again.
pub async fn run(config: &Config, database: &Database) -> Outcome {
    let list = config.data_dir.join("demo.txt");
    let mut connection = database.get().await?;
    if !demo::queries::is_empty(&mut connection).await? {
        match fs::read_to_string(&list) {
            Ok(text) => print!("{text}"),
            Err(_) => println!("The database has data in it already: no demo school was added."),
        }
        return Ok(());
    }
    println!("Making the demo school…");
    let begun = Instant::now();
    let faces = demo::fill(&mut connection, &Passwords::new()?, Clock::System.now()).await?;
    tracing::info!("made the demo school in {:.1?}", begun.elapsed());
    let mut text = format!("Who can sign in, all with the password {PASSWORD}:\n");
    for face in faces {
        writeln!(text, "  {}: {}, {}", face.login, face.name, face.who)?;
    }
    print!("{text}");
    fs::create_dir_all(&config.data_dir)?;
    fs::write(&list, text)?;
    Ok(())
}
