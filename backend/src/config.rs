//! Configuration: flags, then environment variables, then one TOML file, then the defaults.
//!
//! [`settings::SETTINGS`] is the one table of settings: the flags, the variables, the documented
//! file and `--help` are all made from it, so they can't disagree.

mod settings;
mod sources;
#[cfg(test)]
mod tests;

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use url::Url;

pub use settings::sample;
pub use sources::Flags;

use settings::Id;
use sources::Sources;

/// What the server was told. Everything in it is checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The embedded database if there's no `database_url`, and assets of earlier versions.
    pub data_dir: PathBuf,
    /// A PostgreSQL server; without it, the embedded database.
    pub database_url: Option<String>,
    /// Speak TLS with this certificate.
    pub tls: Option<TlsFiles>,
    /// A proxy in front of us does TLS: `X-Forwarded-For` tells who the client is.
    pub behind_proxy: bool,
    /// What a program shows that asks for `/metrics`; without it, only this machine may.
    pub metrics_token: Option<String>,
    /// What invite links begin with, without a slash at the end.
    pub public_url: String,
    /// Which events are logged, as tracing's `EnvFilter` reads it.
    pub log: String,
    /// Threads that answer requests.
    pub workers: usize,
    /// The most connections to the database.
    pub pool_size: usize,
}

/// Two PEM files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The server's certificate, then those that lead to the root.
    pub certificate: PathBuf,
    pub key: PathBuf,
}

/// A setting that is unknown, malformed or unsafe. The text names it, says what is wrong with it
/// and what is accepted.
#[derive(Debug, PartialEq, Eq)]
pub struct ConfigError(String);

impl Config {
    /// Reads all sources: the given flags, this process's environment, and the file.
    ///
    /// # Errors
    /// At the first setting that is unknown or malformed, or that would serve people's messages
    /// unencrypted to a network.
    pub fn load(flags: &Flags) -> Result<Self, ConfigError> {
        Self::from_sources(&Sources::read(flags, std::env::vars_os())?)
    }

    fn from_sources(sources: &Sources) -> Result<Self, ConfigError> {
        let listen: SocketAddr = sources.parse(Id::Listen, |text| text.parse().ok())?;
        let tls = match (sources.path(Id::TlsCert), sources.path(Id::TlsKey)) {
            (Some(certificate), Some(key)) => Some(TlsFiles { certificate, key }),
            (None, None) => None,
            (Some(_), None) => {
                return Err(ConfigError::new("tls_cert needs its key: set tls_key, too"));
            }
            (None, Some(_)) => {
                return Err(ConfigError::new(
                    "tls_key needs its certificate: set tls_cert, too",
                ));
            }
        };
        let behind_proxy = sources.parse(Id::BehindProxy, |text| match text {
            "true" | "1" | "yes" => Some(true),
            "false" | "0" | "no" => Some(false),
            _ => None,
        })?;
        if tls.is_none() && !behind_proxy && !listen.ip().is_loopback() {
            return Err(ConfigError(format!(
                "listen ({}) is {listen}, which others can reach, but nothing encrypts what they \
                 send: set tls_cert and tls_key, or behind_proxy = true if a proxy before Zvonok \
                 does TLS, or listen on 127.0.0.1",
                sources.origin(Id::Listen)
            )));
        }
        Ok(Self {
            public_url: public_url(sources, listen, tls.is_some(), behind_proxy)?,
            data_dir: sources.path(Id::DataDir).unwrap_or_else(default_data_dir),
            database_url: sources.optional(Id::DatabaseUrl, database_url)?,
            metrics_token: sources.optional(Id::MetricsToken, metrics_token)?,
            log: sources.parse(Id::Log, |text| {
                let valid = tracing_subscriber::EnvFilter::try_new(text).is_ok();
                valid.then(|| text.to_owned())
            })?,
            workers: sources
                .optional(Id::Workers, |text| in_range(text, 1, 256))?
                .unwrap_or_else(cores),
            pool_size: sources.parse(Id::PoolSize, |text| in_range(text, 2, 1000))?,
            listen,
            tls,
            behind_proxy,
        })
    }

    /// With the address that was taken: port 0 in the settings means any free one.
    #[must_use]
    pub fn bound(self, listen: SocketAddr) -> Self {
        let derived = self.public_url == self.local_url();
        let mut bound = Self { listen, ..self };
        if derived {
            bound.public_url = bound.local_url();
        }
        bound
    }

    /// The address for a person's browser on this machine.
    #[must_use]
    pub fn local_url(&self) -> String {
        local_url(self.listen, self.tls.is_some())
    }
}

/// Root's home is closed to the user that the database runs as, so root gets the system's place.
fn default_data_dir() -> PathBuf {
    use std::os::unix::fs::MetadataExt;
    let root = std::fs::metadata("/proc/self").is_ok_and(|it| it.uid() == 0);
    PathBuf::from(if root { "/var/lib/zvonok" } else { "data" })
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from)
}

fn in_range(text: &str, least: usize, most: usize) -> Option<usize> {
    text.parse().ok().filter(|it| (least..=most).contains(it))
}

fn database_url(text: &str) -> Option<String> {
    let config: tokio_postgres::Config = text.parse().ok()?;
    (!config.get_hosts().is_empty()).then(|| text.to_owned())
}

/// Long enough not to be guessed, and what a header may carry.
fn metrics_token(text: &str) -> Option<String> {
    let letters = |it: char| it.is_ascii_alphanumeric() || "-._~".contains(it);
    ((32..=256).contains(&text.len()) && text.chars().all(letters)).then(|| text.to_owned())
}

fn public_url(
    sources: &Sources,
    listen: SocketAddr,
    tls: bool,
    behind_proxy: bool,
) -> Result<String, ConfigError> {
    if let Some(url) = sources.optional(Id::PublicUrl, origin_of)? {
        return Ok(url);
    }
    if behind_proxy || listen.ip().is_unspecified() {
        return Err(ConfigError::new(
            "public_url is not set, so invite links would lead nowhere: set it to the address \
             that people open, for example https://school.example",
        ));
    }
    Ok(local_url(listen, tls))
}

fn local_url(listen: SocketAddr, tls: bool) -> String {
    let scheme = if tls { "https" } else { "http" };
    let host = match listen.ip() {
        IpAddr::V6(ip) if !ip.is_unspecified() => format!("[{ip}]"),
        ip if ip.is_unspecified() => "127.0.0.1".to_owned(),
        ip => ip.to_string(),
    };
    format!("{scheme}://{host}:{}", listen.port())
}

/// Scheme, host and port only: the application lives at the root of its host. «школа.рф» is written
/// as headers need it.
fn origin_of(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let origin = url.origin().ascii_serialization();
    let alone = matches!(url.scheme(), "http" | "https") && url.as_str() == format!("{origin}/");
    alone.then_some(origin)
}

impl ConfigError {
    fn new(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ConfigError {}
