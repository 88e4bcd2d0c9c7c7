//! Functions that are alike beside each other: an encoder writes what has just been said as a short reference, and the
//! nearer it is the shorter. 2 % of what a phone downloads; for the program it's all the same.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::convert::Infallible;

use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{CodeSection, FunctionSection, Module};
use wasmparser::{CodeSectionReader, FunctionSectionReader, Parser, Payload, TypeRef};

use crate::outcome::Result;

/// Functions are alike by how many runs of so many bytes they have in common.
const RUN: usize = 4;
/// What so many have says nothing of who is alike.
const COMMON: usize = 200;

/// The same program with its functions by type, and in each type each followed by the one that is most like it.
pub fn ordered(wasm: &[u8]) -> Result<Vec<u8>> {
    let (imported, functions) = functions(wasm)?;
    let mut by_type = BTreeMap::<u32, Vec<usize>>::new();
    for (place, (of_type, _)) in functions.iter().enumerate() {
        by_type.entry(*of_type).or_default().push(place);
    }
    let order: Vec<usize> = by_type
        .values()
        .flat_map(|places| {
            let bodies: Vec<&[u8]> = places.iter().map(|&place| functions[place].1).collect();
            let chain = chain(&bodies).into_iter();
            chain.map(|at| places[at]).collect::<Vec<_>>()
        })
        .collect();
    let mut numbers: Vec<u32> = (0..imported).collect();
    numbers.resize(numbers.len() + order.len(), 0);
    for (after, &before) in (imported..).zip(&order) {
        numbers[usize::try_from(imported)? + before] = after;
    }
    let mut module = Module::new();
    Ordered { order, numbers }.parse_core_module(&mut module, Parser::new(0), wasm)?;
    Ok(module.finish())
}

/// Its type and its body.
type Function<'a> = (u32, &'a [u8]);

/// How many functions are imported, whose numbers come first, and the others.
fn functions(wasm: &[u8]) -> Result<(u32, Vec<Function<'_>>)> {
    let (mut imported, mut types, mut bodies) = (0, Vec::new(), Vec::new());
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::FunctionSection(section) => {
                for of_type in section {
                    types.push(of_type?);
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(body.as_bytes()),
            _ => {}
        }
    }
    Ok((imported, types.into_iter().zip(bodies).collect()))
}

/// Begins with the first by its bytes. Where nothing is like the last one, it goes on with what is first of the rest.
fn chain(bodies: &[&[u8]]) -> Vec<usize> {
    let runs: Vec<HashSet<&[u8]>> = bodies.iter().map(|it| it.windows(RUN).collect()).collect();
    let mut having = HashMap::<&[u8], Vec<usize>>::new();
    for (place, runs) in runs.iter().enumerate() {
        for &run in runs {
            having.entry(run).or_default().push(place);
        }
    }
    having.retain(|_, places| places.len() < COMMON);
    let mut by_bytes: Vec<usize> = (0..bodies.len()).collect();
    by_bytes.sort_by_key(|&place| bodies[place]);
    let mut rest = by_bytes.iter().copied();
    let mut left = vec![true; bodies.len()];
    let mut order = Vec::with_capacity(bodies.len());
    let mut in_common = vec![0_usize; bodies.len()];
    let mut next = rest.next();
    while let Some(now) = next {
        order.push(now);
        left[now] = false;
        let mut alike = Vec::new();
        for place in runs[now].iter().filter_map(|run| having.get(run)).flatten() {
            if left[*place] {
                if in_common[*place] == 0 {
                    alike.push(*place);
                }
                in_common[*place] += 1;
            }
        }
        // As parts of what both have together, without floating point: a/b > c/d as a*d > c*b.
        let share = |place: usize| {
            let common = in_common[place];
            (common, runs[now].len() + runs[place].len() - common)
        };
        next = alike
            .iter()
            .copied()
            .max_by(|&one, &other| {
                let ((a, b), (c, d)) = (share(one), share(other));
                // Of equals the same one whenever it's built.
                (a * d).cmp(&(c * b)).then(other.cmp(&one))
            })
            .or_else(|| rest.find(|&place| left[place]));
        for place in alike {
            in_common[place] = 0;
        }
    }
    order
}

type Reencoded<T> = std::result::Result<T, Error>;

struct Ordered {
    /// The places that functions had, in the order in which they come now.
    order: Vec<usize>,
    /// The numbers that they have now, by those that they had.
    numbers: Vec<u32>,
}

impl Reencode for Ordered {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Reencoded<u32> {
        Ok(self.numbers[function as usize])
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Reencoded<()> {
        let types = section
            .into_iter()
            .collect::<std::result::Result<Vec<_>, _>>()?;
        for &place in &self.order {
            functions.function(types[place]);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Reencoded<()> {
        let bodies = section
            .into_iter()
            .collect::<std::result::Result<Vec<_>, _>>()?;
        for place in self.order.clone() {
            self.parse_function_body(code, bodies[place].clone())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{ExportKind, ExportSection, ImportSection, Instruction, TypeSection};
    use wasmparser::Validator;

    use super::*;

    #[test]
    fn each_is_followed_by_what_is_most_like_it() {
        let bodies: [&[u8]; 5] = [
            b"one of these days",
            b"something else altogether",
            b"one of those days",
            b"something else entirely",
            b"",
        ];
        assert_eq!(chain(&bodies), [4, 0, 2, 1, 3]);
        assert!(chain(&[]).is_empty());
    }

    /// Functions of two types, each of which calls the one before it.
    #[test]
    fn callers_find_whom_they_call() {
        let mut types = TypeSection::new();
        types.ty().function([], []);
        types.ty().function([wasm_encoder::ValType::I32], []);
        let mut imports = ImportSection::new();
        imports.import("script", "say", wasm_encoder::EntityType::Function(0));
        let mut functions = FunctionSection::new();
        let mut exports = ExportSection::new();
        let mut code = CodeSection::new();
        for number in 1..=6_u32 {
            functions.function(number % 2);
            exports.export(&number.to_string(), ExportKind::Func, number);
            let mut body = wasm_encoder::Function::new([]);
            if number > 1 && number % 2 == 0 {
                body.instruction(&Instruction::I32Const(1));
            }
            body.instruction(&Instruction::Call(number - 1));
            body.instruction(&Instruction::End);
            code.function(&body);
        }
        let mut module = Module::new();
        module.section(&types).section(&imports).section(&functions);
        module.section(&exports).section(&code);
        let before = module.finish();
        Validator::new().validate_all(&before).unwrap();

        let after = ordered(&before).unwrap();
        Validator::new().validate_all(&after).unwrap();
        assert_ne!(before, after);
        let (imported, sorted) = super::functions(&after).unwrap();
        assert_eq!(imported, 1);
        let types: Vec<u32> = sorted.iter().map(|(of_type, _)| *of_type).collect();
        assert_eq!(types, [0, 0, 0, 1, 1, 1]);
        let mut numbers = HashMap::from([("0".to_owned(), 0)]);
        for payload in Parser::new(0).parse_all(&after) {
            if let Payload::ExportSection(exports) = payload.unwrap() {
                for export in exports {
                    let export = export.unwrap();
                    numbers.insert(export.name.to_owned(), export.index);
                }
            }
        }
        for number in 1..=6_u32 {
            let place = numbers[&number.to_string()] - imported;
            let body = sorted[place as usize].1;
            let callee = numbers[&(number - 1).to_string()];
            assert_eq!(body[body.len() - 2], u8::try_from(callee).unwrap());
        }
    }
}
