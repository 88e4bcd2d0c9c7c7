//! One style sheet out of many. Trunk copies a sheet as it is, `@import`s and all; a phone would then fetch them one
//! after another. Only the one form that we write is understood, so this is forty lines instead of a CSS parser in
//! every build of xtask; trunk minifies the result (it carries lightningcss anyway).

use std::path::Path;

use crate::outcome::Result;

/// Bundles each sheet in style/ (not those in its folders, which are parts) as frontend/.styles/<name>.
pub fn bundle(root: &Path) -> Result {
    let bundles = root.join("frontend/.styles");
    std::fs::create_dir_all(&bundles)?;
    for sheet in std::fs::read_dir(root.join("style"))? {
        let sheet = sheet?;
        if sheet
            .path()
            .extension()
            .is_some_and(|extension| extension == "css")
        {
            std::fs::write(bundles.join(sheet.file_name()), inline(&sheet.path())?)?;
        }
    }
    Ok(())
}

/// The sheet with each `@import "path" layer(name);` replaced by `@layer name { … }`, each `@import "path";` by the
/// file's text. Paths are relative to the sheet that imports.
fn inline(sheet: &Path) -> Result<String> {
    let text =
        std::fs::read_to_string(sheet).map_err(|error| format!("{}: {error}", sheet.display()))?;
    let folder = sheet.parent().unwrap_or(Path::new("."));
    let mut bundle = String::new();
    for line in text.lines() {
        let Some(import) = line.trim().strip_prefix("@import ") else {
            bundle.push_str(line);
            bundle.push('\n');
            continue;
        };
        let (path, layer) = parse(import).ok_or_else(|| {
            format!(
                "{}: write `{line}` as @import \"path\" layer(name); on one line",
                sheet.display()
            )
        })?;
        let part = inline(&folder.join(path))?;
        match layer {
            Some(layer) => bundle.push_str(&format!("@layer {layer} {{\n{part}}}\n")),
            None => bundle.push_str(&part),
        }
    }
    Ok(bundle)
}

/// `"path" layer(name);`, `"path";` or the same with `url("path")`: the path and the layer.
fn parse(import: &str) -> Option<(&str, Option<&str>)> {
    let import = import.trim().strip_suffix(';')?;
    let (path, rest) = match import.strip_prefix("url(\"") {
        Some(url) => url.split_once("\")")?,
        None => import.strip_prefix('"')?.split_once('"')?,
    };
    let rest = rest.trim();
    if rest.is_empty() {
        return Some((path, None));
    }
    let layer = rest.strip_prefix("layer(")?.strip_suffix(')')?;
    (!layer.contains([')', '(', ' '])).then_some((path, Some(layer)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_are_read_in_our_form_only() {
        assert_eq!(
            parse(r#""ui/button.css" layer(ui);"#),
            Some(("ui/button.css", Some("ui")))
        );
        assert_eq!(
            parse(r#"url("tokens.css") layer(tokens);"#),
            Some(("tokens.css", Some("tokens")))
        );
        assert_eq!(parse(r#""reset.css";"#), Some(("reset.css", None)));
        assert_eq!(parse(r#""print.css" print;"#), None);
        assert_eq!(parse(r#""a.css" layer(a) print;"#), None);
    }
}
