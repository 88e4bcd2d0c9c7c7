//! The one table of settings.

use std::fmt::Write as _;

/// A setting's place in [`SETTINGS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Id {
    Listen,
    DataDir,
    DatabaseUrl,
    TlsCert,
    TlsKey,
    BehindProxy,
    PublicUrl,
    MetricsToken,
    Log,
    Workers,
    PoolSize,
}

/// How a value is written in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    Number,
    Bool,
}

#[derive(Debug)]
pub struct Setting {
    pub id: Id,
    /// In the file.
    pub name: &'static str,
    /// On the command line, after two dashes.
    pub flag: &'static str,
    /// The environment variable.
    pub variable: &'static str,
    pub kind: Kind,
    /// What stands for the value in `--help`.
    pub placeholder: &'static str,
    /// None where it's worked out, or where nothing is meant.
    pub default: Option<&'static str>,
    /// What to show in the file where there's no default.
    pub example: &'static str,
    /// The accepted values, as the end of "accepted: …".
    pub accepted: &'static str,
    pub help: &'static str,
}

/// The variable that names the file.
pub const CONFIG_VARIABLE: &str = "ZVONOK_CONFIG";

/// Every environment variable that begins so must be a setting's.
pub const PREFIX: &str = "ZVONOK_";

pub const SETTINGS: [Setting; 11] = [
    Setting {
        id: Id::Listen,
        name: "listen",
        flag: "listen",
        variable: "ZVONOK_LISTEN",
        kind: Kind::Text,
        placeholder: "ADDRESS:PORT",
        default: Some("127.0.0.1:8080"),
        example: "127.0.0.1:8080",
        accepted: "an IP address and a port, like 127.0.0.1:8080 or [::]:443",
        help: "Where to listen. Without a certificate and without a proxy only this machine may \
               connect: 127.0.0.1 or [::1].",
    },
    Setting {
        id: Id::DataDir,
        name: "data_dir",
        flag: "data-dir",
        variable: "ZVONOK_DATA_DIR",
        kind: Kind::Text,
        placeholder: "PATH",
        default: None,
        example: "/var/lib/zvonok",
        accepted: "a path",
        help: "Where the database is kept if database_url is not set, and pages of earlier versions. Back \
               it up. Default: data in the current directory; for root, /var/lib/zvonok.",
    },
    Setting {
        id: Id::DatabaseUrl,
        name: "database_url",
        flag: "database-url",
        variable: "DATABASE_URL",
        kind: Kind::Text,
        placeholder: "URL",
        default: None,
        example: "postgres://zvonok:secret@localhost/zvonok",
        accepted: "postgres://user:password@host/database, or host=… user=… dbname=…",
        help: "A PostgreSQL server (15 or newer); with ?sslmode=require over TLS. Default: a private database in data_dir, made \
               and run by Zvonok from the PostgreSQL programs on this machine.",
    },
    Setting {
        id: Id::TlsCert,
        name: "tls_cert",
        flag: "tls-cert",
        variable: "ZVONOK_TLS_CERT",
        kind: Kind::Text,
        placeholder: "PATH",
        default: None,
        example: "/etc/letsencrypt/live/school.example/fullchain.pem",
        accepted: "the path of a PEM file",
        help: "The certificate chain for HTTPS. Needs tls_key, too. Replaced files are taken within a \
               minute.",
    },
    Setting {
        id: Id::TlsKey,
        name: "tls_key",
        flag: "tls-key",
        variable: "ZVONOK_TLS_KEY",
        kind: Kind::Text,
        placeholder: "PATH",
        default: None,
        example: "/etc/letsencrypt/live/school.example/privkey.pem",
        accepted: "the path of a PEM file",
        help: "The private key of the certificate.",
    },
    Setting {
        id: Id::BehindProxy,
        name: "behind_proxy",
        flag: "behind-proxy",
        variable: "ZVONOK_BEHIND_PROXY",
        kind: Kind::Bool,
        placeholder: "BOOL",
        default: Some("false"),
        example: "false",
        accepted: "true or false",
        help: "A proxy before Zvonok does TLS. Then Zvonok listens without TLS on any address and \
               believes the proxy's X-Forwarded-For: nobody else may reach that address.",
    },
    Setting {
        id: Id::PublicUrl,
        name: "public_url",
        flag: "public-url",
        variable: "ZVONOK_PUBLIC_URL",
        kind: Kind::Text,
        placeholder: "URL",
        default: None,
        example: "https://school.example",
        accepted: "https://host or https://host:port, without a path",
        help: "The address that people open; invite links begin with it. Default: made from \
               listen. Must be set behind a proxy, or when listening on every address.",
    },
    Setting {
        id: Id::MetricsToken,
        name: "metrics_token",
        flag: "metrics-token",
        variable: "ZVONOK_METRICS_TOKEN",
        kind: Kind::Text,
        placeholder: "SECRET",
        default: None,
        example: "any-32-characters-or-more-for-Prometheus",
        accepted: "32 to 256 letters of a to z, digits and - . _ ~, for example from \
                   openssl rand -hex 32",
        help: "The secret by which Prometheus, on another machine or through a proxy, may read /metrics: \
               its bearer token. A flag shows it to others on this machine. Default: only programs on \
               this machine may, behind a proxy none.",
    },
    Setting {
        id: Id::Log,
        name: "log",
        flag: "log",
        variable: "ZVONOK_LOG",
        kind: Kind::Text,
        placeholder: "FILTER",
        // What isn't HTTP would be a line at each request, from anybody.
        default: Some("info,actix_server=warn,actix_http=off"),
        example: "info,actix_server=warn,actix_http=off",
        accepted: "error, warn, info, debug or trace; by module: info,backend=debug",
        help: "What is logged, to standard error.",
    },
    Setting {
        id: Id::Workers,
        name: "workers",
        flag: "workers",
        variable: "ZVONOK_WORKERS",
        kind: Kind::Number,
        placeholder: "NUMBER",
        default: None,
        example: "4",
        accepted: "a whole number from 1 to 256",
        help: "Threads that answer requests. Default: one for each processor core.",
    },
    Setting {
        id: Id::PoolSize,
        name: "pool_size",
        flag: "pool-size",
        variable: "ZVONOK_POOL_SIZE",
        kind: Kind::Number,
        placeholder: "NUMBER",
        default: Some("16"),
        example: "16",
        accepted: "a whole number from 2 to 1000 (the embedded database takes at most 90)",
        help: "The most connections to the database.",
    },
];

/// The setting of a key.
pub fn setting(id: Id) -> &'static Setting {
    &SETTINGS[id as usize]
}

/// The documented file: every setting with its meaning and its default, all commented out.
#[must_use]
pub fn sample() -> String {
    let mut text = String::from(
        "# Zvonok's settings. A line without # in front sets one.\n\
         # Flags come before environment variables, those before this file.\n",
    );
    for setting in &SETTINGS {
        text.push('\n');
        for line in wrapped(setting.help) {
            let _ = writeln!(text, "# {line}");
        }
        let _ = writeln!(text, "# Accepted: {}.", setting.accepted);
        let _ = writeln!(text, "# Environment variable: {}", setting.variable);
        let value = setting.default.unwrap_or(setting.example);
        let _ = match setting.kind {
            Kind::Text => writeln!(text, "#{} = \"{value}\"", setting.name),
            Kind::Number | Kind::Bool => writeln!(text, "#{} = {value}", setting.name),
        };
    }
    text
}

fn wrapped(text: &str) -> Vec<String> {
    const WIDTH: usize = 90;
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        if let Some(line) = lines.last_mut() {
            if line.is_empty() {
                line.push_str(word);
                continue;
            }
            if line.len() + 1 + word.len() <= WIDTH {
                line.push(' ');
                line.push_str(word);
                continue;
            }
        }
        lines.push(word.to_owned());
    }
    lines
}
