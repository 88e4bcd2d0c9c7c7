//! The certificate, for when no proxy speaks TLS in front of us.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::config::TlsFiles;

/// Which file is bad, and what is wrong with it.
#[derive(Debug)]
pub struct TlsError(String);

/// Reads certificate and key. Accepts TLS 1.2 and 1.3.
///
/// # Errors
/// When a file can't be read or has no such thing in it, or the key isn't the certificate's.
pub fn load(files: &TlsFiles) -> Result<ServerConfig, TlsError> {
    let certificates = certificates(&files.certificate)?;
    let key = key(&files.key)?;
    ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| TlsError(error.to_string()))?
        .with_no_client_auth()
        .with_single_cert(certificates, key)
        .map_err(|error| {
            TlsError(format!(
                "tls_cert ({}) and tls_key ({}) don't work together: {error}",
                files.certificate.display(),
                files.key.display()
            ))
        })
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let found = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| bad("tls_cert", path, &error))?;
    if found.is_empty() {
        return Err(bad("tls_cert", path, &pem::Error::NoItemsFound));
    }
    Ok(found)
}

fn key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    PrivateKeyDer::from_pem_file(path).map_err(|error| bad("tls_key", path, &error))
}

fn bad(setting: &str, path: &Path, error: &pem::Error) -> TlsError {
    let what = match error {
        pem::Error::NoItemsFound => {
            "has no certificate or key in it: expected a text with -----BEGIN …".to_owned()
        }
        pem::Error::Io(error) => format!("can't be read: {error}"),
        other => format!("is not a PEM file: {other}"),
    };
    TlsError(format!("{setting} ({}) {what}", path.display()))
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TlsError {}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use super::*;

    // Made for this test: openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 \
    // -nodes -days 36500 -subj /CN=localhost
    const CERTIFICATE: &str = include_str!("tls/test-certificate.pem");
    const KEY: &str = include_str!("tls/test-key.pem");
    const OTHER_KEY: &str = include_str!("tls/test-other-key.pem");

    fn file(name: &str, text: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("zvonok-{}-{name}", std::process::id()));
        fs::write(&path, text).unwrap();
        path
    }

    fn outcome(name: &str, certificate: &str, key: &str) -> Result<(), String> {
        let files = TlsFiles {
            certificate: file(&format!("{name}-cert.pem"), certificate),
            key: file(&format!("{name}-key.pem"), key),
        };
        let outcome = load(&files).map(drop).map_err(|error| error.to_string());
        fs::remove_file(&files.certificate).unwrap();
        fs::remove_file(&files.key).unwrap();
        outcome
    }

    #[test]
    fn a_certificate_with_its_key_is_taken() {
        assert_eq!(outcome("good", CERTIFICATE, KEY), Ok(()));
    }

    #[test]
    fn bad_files_are_named_with_their_setting() {
        for (name, certificate, key, words) in [
            ("swapped", KEY, CERTIFICATE, ["tls_cert", "-----BEGIN"]),
            ("empty", CERTIFICATE, "", ["tls_key", "-----BEGIN"]),
            (
                "other",
                CERTIFICATE,
                OTHER_KEY,
                ["tls_key", "don't work together"],
            ),
        ] {
            let text = outcome(name, certificate, key).unwrap_err();
            assert!(words.iter().all(|word| text.contains(word)), "{text}");
        }
        let nowhere = TlsFiles {
            certificate: PathBuf::from("/nowhere/cert.pem"),
            key: PathBuf::from("/nowhere/key.pem"),
        };
        let text = load(&nowhere).unwrap_err().to_string();
        assert!(
            text.contains("tls_cert (/nowhere/cert.pem) can't be read"),
            "{text}"
        );
    }
}
