//! Which crates the program's code comes from: what grew, and why. Counted in the file that the linker
//! wrote, which still has names; what is transferred is a fifth of it, but grows where this grows.

use std::collections::BTreeMap;
use std::path::Path;

use wasmparser::{Parser, Payload, TypeRef};

use super::sections;
use crate::outcome::Result;

/// Bytes of code by crate.
pub type Code = BTreeMap<String, usize>;

/// None where there's no such file any more.
pub fn by_crate(linked: &Path) -> Result<Option<Code>> {
    match std::fs::read(linked) {
        Ok(wasm) => Ok(Some(count(&wasm)?)),
        Err(_) => Ok(None),
    }
}

fn count(wasm: &[u8]) -> Result<Code> {
    let (mut imported, mut sizes) = (0, Vec::new());
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionEntry(body) => sizes.push(body.as_bytes().len()),
            _ => {}
        }
    }
    let names = sections::functions(wasm)?;
    let mut code = Code::new();
    for (index, size) in (imported..).zip(sizes) {
        let name = names.get(&index).copied().unwrap_or_default();
        *code.entry(of(name)).or_default() += size;
    }
    Ok(code)
}

/// The crate of a function: that of its path, or of the type that a trait is implemented for.
fn of(name: &str) -> String {
    let name = format!("{:#}", rustc_demangle::demangle(name));
    let path = name.trim_start_matches(|it: char| !it.is_alphanumeric() && it != '_');
    let path = path.trim_start_matches("dyn ").trim_start_matches("mut ");
    let end = path.find(|it: char| !it.is_alphanumeric() && it != '_');
    match end {
        Some(end) if path[end..].starts_with("::") => path[..end].to_owned(),
        _ => "other".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn functions_have_their_crate() {
        for (name, expected) in [
            ("_ZN8frontend4load5fetch17h0123456789abcdefE", "frontend"),
            (
                "<&alloc::string::String as core::fmt::Display>::fmt",
                "alloc",
            ),
            ("<dyn core::any::Any>::type_id", "core"),
            ("memcpy", "other"),
            ("", "other"),
        ] {
            assert_eq!(of(name), expected, "{name}");
        }
    }
}
