//! Opening one connection, with TLS where the URL asks for it (`sslmode=require`).

use std::error::Error;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use diesel::{ConnectionError, ConnectionResult};
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres::config::SslMode;
use tokio_postgres::{Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::connection::Connection;

/// Opens a connection. With `sslmode=require` the server's certificate must be signed by an
/// authority that this machine trusts (or that `SSL_CERT_FILE` names); otherwise there's no TLS:
/// Debian's servers offer it with a certificate that nobody can check.
pub async fn establish(url: &str) -> ConnectionResult<Connection> {
    let mut config: Config = url.parse().map_err(|error| reason(&error))?;
    notice_silence(&mut config);
    if config.get_ssl_mode() == SslMode::Require {
        let (client, connection) = config
            .connect(tls()?)
            .await
            .map_err(|error| reason(&error))?;
        Connection::try_from_client_and_connection(client, connection).await
    } else {
        let (client, connection) = config
            .connect(NoTls)
            .await
            .map_err(|error| reason(&error))?;
        Connection::try_from_client_and_connection(client, connection).await
    }
}

/// A server that falls silent (a failover, a firewall) is noticed in seconds, not when TCP gives up.
/// What the URL says counts more.
fn notice_silence(config: &mut Config) {
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(Duration::from_secs(5));
    }
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(Duration::from_secs(15));
    }
    if config.get_keepalives_idle() == Config::new().get_keepalives_idle() {
        config.keepalives_idle(Duration::from_secs(30));
        config.keepalives_interval(Duration::from_secs(5));
    }
}

fn tls() -> ConnectionResult<MakeRustlsConnect> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        return Err(ConnectionError::BadConnection(
            "this machine trusts no certificate authority: apt install ca-certificates".to_owned(),
        ));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| reason(&error))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

/// The error with its causes: alone it says only that it couldn't connect.
fn reason(error: &dyn Error) -> ConnectionError {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(it) = cause {
        let _ = write!(text, ": {it}");
        cause = it.source();
    }
    ConnectionError::BadConnection(text)
}
