//! A WASM file with some of its sections written anew: names that it imports, more that it
//! exports, more data.

use std::collections::{BTreeSet, HashMap};

use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasm_encoder::{
    DataCountSection, DataSection, EntityType, ExportKind, ExportSection, ImportSection, Module,
    RawSection,
};
use wasmparser::{Data, DataKind, KnownCustom, Name, Parser, Payload, TypeRef};

use crate::outcome::Result;

/// The names of all functions, by their number.
pub fn functions(wasm: &[u8]) -> Result<HashMap<u32, &str>> {
    let mut names = HashMap::new();
    for payload in Parser::new(0).parse_all(wasm) {
        if let Payload::CustomSection(section) = payload?
            && let KnownCustom::Name(all) = section.as_known()
        {
            for subsection in all.into_iter().flatten() {
                if let Name::Function(functions) = subsection {
                    let functions = functions.into_iter().flatten();
                    names.extend(functions.map(|it| (it.index, it.name)));
                }
            }
        }
    }
    Ok(names)
}

/// How long its functions are together.
pub fn code(wasm: &[u8]) -> Result<usize> {
    let mut bytes = 0;
    for payload in Parser::new(0).parse_all(wasm) {
        if let Payload::CodeSectionEntry(body) = payload? {
            bytes += body.as_bytes().len();
        }
    }
    Ok(bytes)
}

/// What a file without code puts into memory as it is: its segments. None where it does more.
pub fn data_alone(wasm: &[u8]) -> Result<Option<Vec<Data<'_>>>> {
    let mut segments = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::CodeSectionEntry(_) => return Ok(None),
            Payload::DataSection(section) => {
                for data in section {
                    let data = data?;
                    if matches!(data.kind, DataKind::Passive) {
                        return Ok(None);
                    }
                    segments.push(data);
                }
            }
            _ => {}
        }
    }
    Ok(Some(segments))
}

/// With these segments beside its own.
pub fn holding(wasm: &[u8], segments: &[Data<'_>]) -> Result<Vec<u8>> {
    let more = u32::try_from(segments.len())?;
    rewritten(wasm, |payload, file| {
        match payload {
            Payload::DataCountSection { count, .. } => {
                file.section(&DataCountSection {
                    count: count + more,
                });
            }
            Payload::DataSection(before) => {
                let mut section = DataSection::new();
                RoundtripReencoder.parse_data_section(&mut section, before.clone())?;
                for data in segments {
                    RoundtripReencoder.parse_data(&mut section, data.clone())?;
                }
                file.section(&section);
            }
            _ => return Ok(false),
        }
        Ok(true)
    })
}

/// With these functions exported, each as what `name` calls it.
pub fn exporting(
    wasm: &[u8],
    functions: &BTreeSet<u32>,
    name: impl Fn(u32) -> String,
) -> Result<Vec<u8>> {
    rewritten(wasm, |payload, file| {
        let Payload::ExportSection(before) = payload else {
            return Ok(false);
        };
        let mut section = ExportSection::new();
        for export in before.clone() {
            let export = export?;
            section.export(export.name, export.kind.into(), export.index);
        }
        for &function in functions {
            section.export(&name(function), ExportKind::Func, function);
        }
        file.section(&section);
        Ok(true)
    })
}

/// What it imports from the script that wasm-bindgen wrote for it, in the order of the file.
pub fn imported(wasm: &[u8]) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        if let Payload::ImportSection(imports) = payload? {
            for import in imports.into_imports() {
                let import = import?;
                if of_script(import.module, import.ty) {
                    names.push(import.name.to_owned());
                }
            }
        }
    }
    Ok(names)
}

/// With what it imports from its script under other names.
pub fn importing(wasm: &[u8], names: &HashMap<String, String>) -> Result<Vec<u8>> {
    rewritten(wasm, |payload, file| {
        let Payload::ImportSection(before) = payload else {
            return Ok(false);
        };
        let mut section = ImportSection::new();
        for import in before.clone().into_imports() {
            let import = import?;
            let name = names
                .get(import.name)
                .filter(|_| of_script(import.module, import.ty))
                .map_or(import.name, String::as_str);
            section.import(import.module, name, EntityType::try_from(import.ty)?);
        }
        file.section(&section);
        Ok(true)
    })
}

fn of_script(module: &str, ty: TypeRef) -> bool {
    module.ends_with("_bg.js") && matches!(ty, TypeRef::Func(_))
}

/// Every section as it is, but those that `write` writes.
fn rewritten(
    wasm: &[u8],
    write: impl Fn(&Payload<'_>, &mut Module) -> Result<bool>,
) -> Result<Vec<u8>> {
    let mut file = Module::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        if !write(&payload, &mut file)?
            && let Some((id, range)) = payload.as_section()
        {
            let data = &wasm[usize::try_from(range.start)?..usize::try_from(range.end)?];
            file.section(&RawSection { id, data });
        }
    }
    Ok(file.finish())
}
