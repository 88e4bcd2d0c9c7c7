//! The command line: `zvonok serve`, `zvonok operator add`, `zvonok config`.

mod command {
    pub mod demo;
    pub mod operator;
    pub mod serve;
}

use std::error::Error;
use std::io::IsTerminal;
use std::process::ExitCode;

use backend::config::{self, Config, Flags};
use clap::{Parser, Subcommand};
use command::{operator, serve};
use mimalloc::MiMalloc;
use tracing_subscriber::EnvFilter;

/// Half the memory of an idle connection, whose buffers it lays on pages of their own, and a little faster than the
/// system's. Huge pages would undo that.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

type Outcome = Result<(), Box<dyn Error + Send + Sync>>;

#[derive(Parser)]
#[command(
    name = "zvonok",
    version,
    about = "Zvonok: the platform on which a whole school talks",
    long_about = "Zvonok: the platform on which a whole school talks.\n\n\
        `zvonok serve` runs it: the pages, the messages and, unless a database is named, a private \
        PostgreSQL in its data directory. The first operator, who admits schools, is made with \
        `zvonok operator add`.",
    after_help = "Settings are given as flags, as environment variables, or in a TOML file \
        (--config or ZVONOK_CONFIG);\nflags come before variables, those before the file. \
        `zvonok serve --help` explains each,\n`zvonok config` prints a file with all of them."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server until it gets SIGINT (Ctrl-C) or SIGTERM
    Serve {
        /// Fill an empty database with a demo school and print who can sign in
        #[arg(long)]
        demo: bool,
        #[command(flatten)]
        settings: Flags,
    },
    /// Manage operators: the people who run this installation and admit schools
    #[command(subcommand)]
    Operator(operator::Command),
    /// Print a settings file with every setting explained
    Config,
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Serve { demo, settings } => {
            run(&settings, async |config| serve::run(config, demo).await)
        }
        Command::Operator(command) => run(command.settings(), async |config| {
            operator::run(&command, &config).await
        }),
        Command::Config => {
            print!("{}", config::sample());
            Ok(())
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("zvonok: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Reads the settings, starts the log and the runtime, and does the work.
fn run(flags: &Flags, work: impl AsyncFnOnce(Config) -> Outcome) -> Outcome {
    let config = Config::load(flags)?;
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_new(&config.log)?)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    actix_web::rt::System::new().block_on(work(config))
}
