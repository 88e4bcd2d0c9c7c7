use std::ffi::OsString;
use std::fs;

use clap::{Args, FromArgMatches};

use super::settings::SETTINGS;
use super::*;

fn load(flags: &[&str], environment: &[(&str, &str)]) -> Result<Config, String> {
    let command = Flags::augment_args(clap::Command::new("zvonok").no_binary_name(true));
    let matches = command.try_get_matches_from(flags).unwrap();
    let flags = Flags::from_arg_matches(&matches).unwrap();
    let environment = environment
        .iter()
        .map(|(name, value)| (OsString::from(name), OsString::from(value)));
    Sources::read(&flags, environment)
        .and_then(|sources| Config::from_sources(&sources))
        .map_err(|error| error.to_string())
}

/// Loads a file with this text.
fn load_file(name: &str, text: &str) -> Result<Config, String> {
    let path = std::env::temp_dir().join(format!("zvonok-{}-{name}.toml", std::process::id()));
    fs::write(&path, text).unwrap();
    let outcome = load(&["--config", path.to_str().unwrap()], &[]);
    fs::remove_file(&path).unwrap();
    outcome
}

#[track_caller]
fn refuses(outcome: Result<Config, String>, words: &[&str]) {
    let text = outcome.unwrap_err();
    for word in words {
        assert!(text.contains(word), "{word} is not in: {text}");
    }
}

#[test]
fn the_table_is_in_the_order_of_its_keys() {
    for (place, it) in SETTINGS.iter().enumerate() {
        assert_eq!(it.id as usize, place, "{}", it.name);
    }
}

#[test]
fn has_defaults_for_everything() {
    let config = load(&[], &[]).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.public_url, "http://127.0.0.1:8080");
    assert_eq!((config.database_url, config.metrics_token), (None, None));
    assert_eq!(config.tls, None);
    assert!(!config.behind_proxy && config.workers > 0);
    assert_eq!(config.pool_size, 16);
}

#[test]
fn a_flag_wins_over_the_environment_and_that_over_the_file() {
    let path = std::env::temp_dir().join(format!("zvonok-{}-order.toml", std::process::id()));
    fs::write(&path, "pool_size = 3\nworkers = 3\nlog = \"warn\"\n").unwrap();
    let config = load(
        &["--pool-size", "5"],
        &[
            ("ZVONOK_CONFIG", path.to_str().unwrap()),
            ("ZVONOK_POOL_SIZE", "4"),
            ("ZVONOK_WORKERS", "4"),
        ],
    );
    fs::remove_file(&path).unwrap();
    let config = config.unwrap();
    assert_eq!((config.pool_size, config.workers), (5, 4));
    assert_eq!(config.log, "warn");
}

#[test]
fn the_sample_says_the_defaults_and_is_a_valid_file() {
    assert_eq!(
        load_file("sample", &sample()).unwrap(),
        load(&[], &[]).unwrap()
    );
    let uncommented: String = sample()
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(rest) if !rest.starts_with(' ') => format!("{rest}\n"),
            _ => String::new(),
        })
        .collect();
    let config = load_file("uncommented", &uncommented).unwrap();
    assert_eq!(config.public_url, "https://school.example");
    for it in &SETTINGS {
        assert!(
            uncommented.contains(&format!("{} = ", it.name)),
            "{}",
            it.name
        );
    }
}

#[test]
fn an_unknown_setting_is_named() {
    refuses(load_file("unknown", "lisen = \"x\""), &["lisen", "listen"]);
    refuses(
        load(&[], &[("ZVONOK_PORT", "80")]),
        &["ZVONOK_PORT", "ZVONOK_LISTEN"],
    );
}

#[test]
fn a_malformed_value_is_named_with_its_source_and_what_is_accepted() {
    refuses(
        load(&["--listen", "80"], &[]),
        &["listen", "--listen", "\"80\"", "127.0.0.1:8080"],
    );
    refuses(
        load(&[], &[("ZVONOK_WORKERS", "0")]),
        &["workers", "ZVONOK_WORKERS", "1 to 256"],
    );
    refuses(
        load_file("kind", "workers = \"2\""),
        &["workers", "without quotes"],
    );
    refuses(
        load_file("broken", "listen = "),
        &["not valid TOML", "line 1"],
    );
    refuses(
        load(&["--config", "/nowhere.toml"], &[]),
        &["/nowhere.toml"],
    );
    refuses(load(&["--log", "=/="], &[]), &["log", "info"]);
    refuses(
        load(&["--behind-proxy", "maybe"], &[]),
        &["behind_proxy", "true or false"],
    );
    refuses(
        load(&["--public-url", "https://a/b"], &[]),
        &["public_url", "without a path"],
    );
}

#[test]
fn a_password_is_not_repeated() {
    let outcome = load(&[], &[("DATABASE_URL", "mysql://me:secret@db")]);
    assert!(!outcome.clone().unwrap_err().contains("secret"));
    refuses(outcome, &["database_url", "DATABASE_URL", "postgres://"]);
    let outcome = load(&[], &[("ZVONOK_METRICS_TOKEN", "secret")]);
    assert!(!outcome.clone().unwrap_err().contains("secret"));
    refuses(outcome, &["metrics_token", "ZVONOK_METRICS_TOKEN", "32"]);
}

#[test]
fn a_secret_is_long_and_fits_into_a_header() {
    let token = "Ab-._~09".repeat(4);
    let config = load(&["--metrics-token", &token], &[]).unwrap();
    assert_eq!(config.metrics_token.as_deref(), Some(token.as_str()));
    for wrong in [&token[1..], &token.repeat(9), &token.replace('A', " ")] {
        refuses(load(&["--metrics-token", wrong], &[]), &["metrics_token"]);
    }
}

#[test]
fn a_database_url_is_one_that_the_driver_reads() {
    for right in [
        "postgres://zvonok:secret@localhost/zvonok",
        "postgresql://localhost/zvonok?sslmode=require",
        "host=/run/postgresql user=zvonok dbname=zvonok",
    ] {
        let config = load(&["--database-url", right], &[]).unwrap();
        assert_eq!(config.database_url.as_deref(), Some(right));
    }
    for wrong in [
        "localhost",
        "user=zvonok",
        "postgres://localhost:many/zvonok",
        "host=localhost colour=red",
    ] {
        refuses(load(&["--database-url", wrong], &[]), &["database_url"]);
    }
}

#[test]
fn without_tls_it_serves_this_machine_only() {
    let open = [
        "--listen",
        "0.0.0.0:80",
        "--public-url",
        "https://school.example",
    ];
    refuses(
        load(&open, &[]),
        &["listen", "tls_cert", "behind_proxy", "127.0.0.1"],
    );
    assert!(load(&["--listen", "[::1]:8080"], &[]).is_ok());
    assert!(load(&open, &[("ZVONOK_BEHIND_PROXY", "true")]).is_ok());
    let tls = [("ZVONOK_TLS_CERT", "c.pem"), ("ZVONOK_TLS_KEY", "k.pem")];
    assert!(load(&open, &tls).is_ok());
    refuses(load(&open, &tls[..1]), &["tls_key"]);
    refuses(load(&open, &tls[1..]), &["tls_cert"]);
}

#[test]
fn links_must_lead_somewhere() {
    let proxied = [("ZVONOK_BEHIND_PROXY", "true")];
    refuses(load(&[], &proxied), &["public_url"]);
    let config = load(&["--public-url", "https://school.example/"], &proxied).unwrap();
    assert_eq!(config.public_url, "https://school.example");
    let config = load(&["--public-url", "https://Школа.рф:8443"], &proxied).unwrap();
    assert_eq!(config.public_url, "https://xn--80atdl2c.xn--p1ai:8443");
    for wrong in [
        "school.example",
        "ftp://school.example",
        "https://school.example/?a",
        "https://school.example/#a",
        "https://me@school.example",
        "https://",
    ] {
        refuses(load(&["--public-url", wrong], &proxied), &["public_url"]);
    }
    let tls = [("ZVONOK_TLS_CERT", "c.pem"), ("ZVONOK_TLS_KEY", "k.pem")];
    assert_eq!(
        load(&["--listen", "[::1]:443"], &tls).unwrap().public_url,
        "https://[::1]:443"
    );
}
