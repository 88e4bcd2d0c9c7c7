//! The texts of languages that are fetched. A program finds them by their places in the file of its own
//! version, which the server keeps for tabs that outlive a release: it has a hash in its name.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use crate::outcome::Result;

/// The program reads it when it's compiled: the address of its English.
pub const VARIABLE: &str = "ENGLISH_FILE";

/// As Trunk copies it.
const ENGLISH: &str = "locales/en.txt";

/// Where the server has the English texts that the sources have now.
pub fn address(frontend: &Path) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    read(&frontend.join(ENGLISH))?.hash(&mut hasher);
    Ok(format!("/locales/en-{:016x}.txt", hasher.finish()))
}

/// Puts the built file there.
pub fn rename(stage: &Path, address: &str) -> Result {
    let to = stage.join(address.trim_start_matches('/'));
    Ok(fs::rename(stage.join(ENGLISH), to)?)
}

fn read(file: &Path) -> Result<Vec<u8>> {
    Ok(fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_texts_have_another_address() {
        let folder = std::env::temp_dir().join(format!("zvonok-locales-{}", std::process::id()));
        fs::create_dir_all(folder.join("locales")).unwrap();
        let write = |text: &str| fs::write(folder.join(ENGLISH), text).unwrap();
        write("old");
        let old = address(&folder).unwrap();
        rename(&folder, &old).unwrap();
        write("new");
        let new = address(&folder).unwrap();
        rename(&folder, &new).unwrap();
        let text = |address: &str| fs::read_to_string(folder.join(&address[1..])).unwrap();
        let texts = [text(&old), text(&new)];
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(texts, ["old", "new"]);
    }
}
