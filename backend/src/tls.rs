//! The certificate, for when no proxy speaks TLS in front of us. Whoever renews it replaces its
//! files; new connections get the new one without a restart.

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use crate::config::TlsFiles;

/// How often the files are looked at. Certificates are renewed weeks before they end.
const LOOK: Duration = Duration::from_secs(60);

/// Which file is bad, and what is wrong with it.
#[derive(Debug)]
pub struct TlsError(String);

/// The certificate and key in use.
#[derive(Debug)]
pub struct Certificate {
    files: TlsFiles,
    key: RwLock<Arc<CertifiedKey>>,
    /// When the files were changed that `key` is from.
    changed: Mutex<Option<(SystemTime, SystemTime)>>,
}

impl Certificate {
    /// Reads certificate and key.
    ///
    /// # Errors
    /// When a file can't be read or has no such thing in it, or the key isn't the certificate's.
    pub fn load(files: TlsFiles) -> Result<Arc<Self>, TlsError> {
        let changed = changed(&files).ok();
        let key = read(&files)?;
        Ok(Arc::new(Self {
            files,
            key: RwLock::new(Arc::new(key)),
            changed: Mutex::new(changed),
        }))
    }

    /// TLS 1.2 and 1.3 with this certificate.
    ///
    /// # Errors
    /// None with the provider that we use; its builder wants to be asked.
    pub fn config(self: &Arc<Self>) -> Result<ServerConfig, TlsError> {
        Ok(ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(|error| TlsError(error.to_string()))?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(self) as Arc<dyn ResolvesServerCert>))
    }

    /// Takes the files anew if they changed; answers whether they had. The old certificate stays if
    /// the new one can't be used.
    ///
    /// # Errors
    /// As [`Self::load`]; told once for each change.
    pub fn renew(&self) -> Result<bool, TlsError> {
        // In between, one of the two may be missing.
        let Ok(now) = changed(&self.files) else {
            return Ok(false);
        };
        let before = self
            .changed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .replace(now);
        if before == Some(now) {
            return Ok(false);
        }
        let key = Arc::new(read(&self.files)?);
        *self.key.write().unwrap_or_else(PoisonError::into_inner) = key;
        Ok(true)
    }

    /// Follows the files for as long as the server runs.
    pub async fn follow(self: Arc<Self>) {
        let mut tick = tokio::time::interval(LOOK);
        loop {
            tick.tick().await;
            match self.renew() {
                Ok(true) => tracing::info!("took the new certificate"),
                Ok(false) => {}
                Err(error) => tracing::error!("keeping the old certificate: {error}"),
            }
        }
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let key = self.key.read().unwrap_or_else(PoisonError::into_inner);
        Some(Arc::clone(&key))
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

fn changed(files: &TlsFiles) -> io::Result<(SystemTime, SystemTime)> {
    let time = |path: &Path| path.metadata()?.modified();
    Ok((time(&files.certificate)?, time(&files.key)?))
}

fn read(files: &TlsFiles) -> Result<CertifiedKey, TlsError> {
    let certificates = certificates(&files.certificate)?;
    CertifiedKey::from_der(certificates, key(&files.key)?, &provider()).map_err(|error| {
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
        let outcome = Certificate::load(files.clone()).and_then(|it| it.config().map(drop));
        remove(&files);
        outcome.map_err(|error| error.to_string())
    }

    fn remove(files: &TlsFiles) {
        fs::remove_file(&files.certificate).unwrap();
        fs::remove_file(&files.key).unwrap();
    }

    /// Puts a file in place of another, so much later.
    fn replace(path: &Path, text: &str, minutes: u64) {
        fs::write(path, text).unwrap();
        let now = path.metadata().and_then(|it| it.modified()).unwrap();
        let later = now + Duration::from_secs(60 * minutes);
        fs::File::options()
            .append(true)
            .open(path)
            .and_then(|file| file.set_modified(later))
            .unwrap();
    }

    #[test]
    fn a_renewed_certificate_is_taken_and_a_bad_one_is_not() {
        let files = TlsFiles {
            certificate: file("renewed-cert.pem", CERTIFICATE),
            key: file("renewed-key.pem", KEY),
        };
        let certificate = Certificate::load(files.clone()).unwrap();
        let in_use = || Arc::as_ptr(&certificate.key.read().unwrap());
        let first = in_use();
        assert!(!certificate.renew().unwrap());
        // The key is replaced before its certificate is: the old pair goes on.
        replace(&files.key, OTHER_KEY, 1);
        assert!(certificate.renew().is_err());
        assert!(!certificate.renew().unwrap());
        assert_eq!(in_use(), first);
        replace(&files.key, KEY, 2);
        assert!(certificate.renew().unwrap());
        assert_ne!(in_use(), first);
        remove(&files);
        assert!(!certificate.renew().unwrap());
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
        let text = Certificate::load(nowhere).unwrap_err().to_string();
        assert!(
            text.contains("tls_cert (/nowhere/cert.pem) can't be read"),
            "{text}"
        );
    }
}
