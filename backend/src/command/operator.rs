//! `zvonok operator add`.

use std::io::{self, BufRead, IsTerminal};

use backend::accounts::passwords::Passwords;
use backend::accounts::registration;
use backend::clock::Clock;
use backend::config::{Config, Flags};
use backend::database::Database;
use backend::error::Failure;
use clap::Subcommand;
use common::error::{Error, FieldError, Problem};
use common::{Name, Password};

use crate::Outcome;

#[derive(Subcommand)]
pub enum Command {
    /// Make an operator: a new account, or the one that has this phone
    ///
    /// The password is asked for in the terminal, or read from standard input, one line. An account
    /// that exists keeps its own. The server may run or not.
    Add {
        /// The mobile phone, in any usual notation: they sign in with it
        #[arg(long)]
        phone: String,
        #[arg(long)]
        surname: String,
        #[arg(long)]
        given_name: String,
        #[arg(long)]
        patronymic: Option<String>,
        #[command(flatten)]
        settings: Flags,
    },
}

impl Command {
    pub fn settings(&self) -> &Flags {
        let Self::Add { settings, .. } = self;
        settings
    }
}

pub async fn run(command: &Command, config: &Config) -> Outcome {
    let Command::Add {
        phone,
        surname,
        given_name,
        patronymic,
        ..
    } = command;
    let name = Name::new(surname, given_name, patronymic.as_deref());
    let password = Password(password()?);
    let database = Database::join(config).await?;
    let added = registration::add_operator(
        &mut *database.get().await?,
        &Passwords::new()?,
        &name,
        phone,
        &password,
        Clock::System.now(),
    )
    .await;
    database.stop().await;
    match added {
        Ok(_) => {
            let name = name.short();
            println!("{name} is an operator and signs in with {phone}.");
            Ok(())
        }
        Err(Failure::Known(Error::Invalid(fields))) => {
            let lines: Vec<String> = fields.iter().map(explain).collect();
            Err(lines.join("\n        ").into())
        }
        Err(other) => Err(other.into()),
    }
}

fn password() -> io::Result<String> {
    if io::stdin().is_terminal() {
        return rpassword::prompt_password("Password: ");
    }
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// What is wrong with which flag.
fn explain(error: &FieldError) -> String {
    let what = match error.problem {
        Problem::Required => "is missing".to_owned(),
        Problem::TooLong { max } => format!("has more than {max} characters"),
        Problem::TooShort { min } => format!("needs at least {min} characters"),
        Problem::Phone => "is not a phone number; accepted: +7 900 123-45-67".to_owned(),
        Problem::Name => "has something in it that no name has".to_owned(),
        other => format!("is not accepted: {other:?}"),
    };
    let subject = match error.field.as_str() {
        "name.surname" => "--surname",
        "name.given" => "--given-name",
        "name.patronymic" => "--patronymic",
        "phone" => "--phone",
        "password" => "the password",
        other => other,
    };
    format!("{subject} {what}")
}
