//! Where settings come from, and which source wins.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

use clap::{Arg, ArgMatches, Command};

use super::ConfigError;
use super::settings::{CONFIG_VARIABLE, Id, Kind, PREFIX, SETTINGS, Setting, setting};

/// The settings given as flags. One flag for each setting, made from the table.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    config: Option<PathBuf>,
    values: BTreeMap<&'static str, String>,
}

/// The winning value of each setting, with where it came from.
#[derive(Debug, Default)]
pub struct Sources {
    values: BTreeMap<&'static str, Given>,
}

#[derive(Clone, Debug)]
struct Given {
    value: String,
    origin: String,
}

impl Sources {
    /// Collects the values; reads the file if one is named.
    pub fn read(
        flags: &Flags,
        environment: impl Iterator<Item = (OsString, OsString)>,
    ) -> Result<Self, ConfigError> {
        let environment = variables(environment)?;
        let mut values = BTreeMap::new();
        let file = flags
            .config
            .clone()
            .or_else(|| environment.get(CONFIG_VARIABLE).map(PathBuf::from));
        if let Some(path) = file {
            let text = fs::read_to_string(&path).map_err(|error| {
                ConfigError(format!(
                    "can't read the settings in {}: {error}",
                    path.display()
                ))
            })?;
            from_file(&text, &path.display().to_string(), &mut values)?;
        }
        for it in &SETTINGS {
            if let Some(value) = environment.get(it.variable) {
                values.insert(it.name, Given::new(value, it.variable));
            }
            if let Some(value) = flags.values.get(it.name) {
                values.insert(it.name, Given::new(value, &format!("--{}", it.flag)));
            }
        }
        Ok(Self { values })
    }

    /// A setting that has a default.
    pub fn parse<T>(&self, id: Id, parse: impl Fn(&str) -> Option<T>) -> Result<T, ConfigError> {
        let it = setting(id);
        let default = Given::new(it.default.unwrap_or_default(), "the default");
        parsed(it, self.values.get(it.name).unwrap_or(&default), parse)
    }

    /// A setting that may be left out.
    pub fn optional<T>(
        &self,
        id: Id,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, ConfigError> {
        let it = setting(id);
        self.values
            .get(it.name)
            .map(|given| parsed(it, given, parse))
            .transpose()
    }

    pub fn path(&self, id: Id) -> Option<PathBuf> {
        let given = self.values.get(setting(id).name)?;
        Some(PathBuf::from(&given.value))
    }

    /// Where a setting's value came from, for an error.
    pub fn origin(&self, id: Id) -> &str {
        self.values
            .get(setting(id).name)
            .map_or("the default", |given| &given.origin)
    }
}

fn parsed<T>(
    setting: &Setting,
    given: &Given,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<T, ConfigError> {
    parse(&given.value).ok_or_else(|| {
        // What is secret, as the password in a database's URL: not into a terminal, nor into a log.
        let value = if matches!(setting.id, Id::DatabaseUrl | Id::MetricsToken) {
            "malformed".to_owned()
        } else {
            format!("{:?}", given.value)
        };
        ConfigError(format!(
            "{} (from {}) is {value}; accepted: {}",
            setting.name, given.origin, setting.accepted
        ))
    })
}

/// Our variables. One that begins like ours but isn't is a typing mistake.
fn variables(
    environment: impl Iterator<Item = (OsString, OsString)>,
) -> Result<BTreeMap<String, String>, ConfigError> {
    let mut found = BTreeMap::new();
    for (name, value) in environment {
        let Ok(name) = name.into_string() else {
            continue;
        };
        let known = name == CONFIG_VARIABLE || SETTINGS.iter().any(|it| it.variable == name);
        if !known && name.starts_with(PREFIX) {
            let names: Vec<_> = SETTINGS.iter().map(|it| it.variable).collect();
            return Err(ConfigError(format!(
                "{name} is not a setting; accepted environment variables: {CONFIG_VARIABLE}, {}",
                names.join(", ")
            )));
        }
        if known {
            let value = value
                .into_string()
                .map_err(|_| ConfigError(format!("{name} is not valid UTF-8")))?;
            found.insert(name, value);
        }
    }
    Ok(found)
}

fn from_file(
    text: &str,
    path: &str,
    values: &mut BTreeMap<&'static str, Given>,
) -> Result<(), ConfigError> {
    let table: toml::Table = text
        .parse()
        .map_err(|error| ConfigError(format!("{path} is not valid TOML: {error}")))?;
    for (name, value) in table {
        let Some(it) = SETTINGS.iter().find(|it| it.name == name) else {
            let names: Vec<_> = SETTINGS.iter().map(|it| it.name).collect();
            return Err(ConfigError(format!(
                "{name} in {path} is not a setting; accepted: {}",
                names.join(", ")
            )));
        };
        let value = match (it.kind, &value) {
            (Kind::Text, toml::Value::String(text)) => text.clone(),
            (Kind::Number, toml::Value::Integer(number)) => number.to_string(),
            (Kind::Bool, toml::Value::Boolean(value)) => value.to_string(),
            (kind, _) => {
                let form = match kind {
                    Kind::Text => "a text in quotes",
                    Kind::Number => "a number without quotes",
                    Kind::Bool => "true or false, without quotes",
                };
                return Err(ConfigError(format!(
                    "{name} in {path} is {value}; it must be {form}: {}",
                    it.accepted
                )));
            }
        };
        values.insert(it.name, Given::new(&value, path));
    }
    Ok(())
}

impl Given {
    fn new(value: &str, origin: &str) -> Self {
        Self {
            value: value.to_owned(),
            origin: origin.to_owned(),
        }
    }
}

impl clap::Args for Flags {
    fn augment_args(command: Command) -> Command {
        let config = Arg::new("config")
            .long("config")
            .value_name("PATH")
            .help("The TOML file with the settings; `zvonok config` prints one")
            .long_help(format!(
                "The TOML file with the settings; `zvonok config` prints one with all of them \
                 explained.\nEnvironment variable: {CONFIG_VARIABLE}"
            ))
            .value_parser(clap::value_parser!(PathBuf))
            .help_heading("Settings");
        SETTINGS.iter().fold(command.arg(config), |command, it| {
            let mut help = format!("{}\nAccepted: {}.", it.help, it.accepted);
            if let Some(default) = it.default {
                help.push_str(&format!("\nDefault: {default}"));
            }
            help.push_str(&format!("\nEnvironment variable: {}", it.variable));
            command.arg(
                Arg::new(it.name)
                    .long(it.flag)
                    .value_name(it.placeholder)
                    .help(help)
                    .help_heading("Settings"),
            )
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl clap::FromArgMatches for Flags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut flags = Self::default();
        flags.update_from_arg_matches(matches)?;
        Ok(flags)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        if let Some(path) = matches.get_one::<PathBuf>("config") {
            self.config = Some(path.clone());
        }
        for it in &SETTINGS {
            if let Some(value) = matches.get_one::<String>(it.name) {
                self.values.insert(it.name, value.clone());
            }
        }
        Ok(())
    }
}
