//! Which files are in a wheel: what should not be there, and what can't be imported.
//!
//! Takes the paths with their hashes; the rules are those of check-wheel-contents, whose codes (W001 …)
//! stand beside them.

use std::collections::{BTreeMap, BTreeSet};

use super::entry_points::is_identifier;
use super::imports::installed;
use crate::audit::code::Code;
use crate::audit::finding::Finding;
use crate::wheel::modules::module_of;
use crate::wheel::record::{Content, Meter};

/// Names that projects have at top level and packages should not (W005).
const COMMON: [&str; 18] = [
    ".eggs", ".nox", ".tox", ".venv", "app", "build", "cli", "data", "dist", "doc", "docs",
    "example", "examples", "lib", "scripts", "src", "test", "tests",
];
/// Contents that files share by chance: nothing, a line's end, the line that names the encoding (W002).
const TRIVIAL: [&str; 6] = [
    "",
    "\n",
    "\r\n",
    "# -*- coding: utf-8 -*-",
    "# -*- coding: utf-8 -*-\n",
    "# -*- coding: utf-8 -*-\r\n",
];
/// Words that Python keeps for itself; source: `keyword.kwlist` of 3.13.
const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield",
];
/// The folders of `.data`, each for one of the places that Python installs to.
const SCHEMES: [&str; 5] = ["purelib", "platlib", "headers", "scripts", "data"];
/// What only installers write into `.dist-info`.
const INSTALLERS: [&str; 3] = ["INSTALLER", "REQUESTED", "direct_url.json"];

/// What is odd about the files of the wheel whose own folders begin with `stem`.
pub(in crate::audit) fn judge(files: &BTreeMap<String, Content>, stem: &str) -> Vec<Finding> {
    let dist_info = format!("{stem}.dist-info/");
    let data = format!("{stem}.data/");
    let mut findings = Vec::new();
    for name in INSTALLERS {
        let path = format!("{dist_info}{name}");
        if files.contains_key(&path) {
            findings.push(Finding::new(Code::ReservedFile, "is for installers to write").of(&path));
        }
    }
    let unknown: BTreeSet<_> = files
        .keys()
        .filter_map(|path| path.strip_prefix(&data))
        .map(|below| below.split('/').next().unwrap_or(below))
        .filter(|scheme| !SCHEMES.contains(scheme))
        .collect();
    findings.extend(unknown.into_iter().map(|scheme| {
        let actual = "is a folder in .data that installers do not know";
        Finding::new(Code::DataScheme, actual).of(&format!("{data}{scheme}"))
    }));
    // Paths as they are installed: those of `.data/purelib` and `.data/platlib` lie beside the others.
    let library: Vec<(&str, &str)> = files
        .keys()
        .filter_map(|path| Some((path.as_str(), installed(path, stem)?)))
        .collect();
    if library.is_empty() {
        findings.push(Finding::new(
            Code::Empty,
            "has neither a module nor a package in it",
        ));
    }
    let compiled = files
        .keys()
        .filter(|path| matches!(extension(path), "pyc" | "pyo"));
    findings.extend(
        compiled.map(|path| Finding::new(Code::Bytecode, "is a compiled Python file").of(path)),
    );
    findings.extend(duplicates(files));
    findings.extend(top_level(&library));
    findings
}

/// W002.
fn duplicates(files: &BTreeMap<String, Content>) -> Vec<Finding> {
    let trivial = TRIVIAL.map(|text| {
        let mut meter = Meter::default();
        meter.update(text.as_bytes());
        meter.finish().hash
    });
    let mut same: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (path, content) in files {
        if !trivial.contains(&content.hash) {
            same.entry(&content.hash).or_default().push(path);
        }
    }
    same.into_values()
        .filter(|paths| paths.len() > 1)
        .map(|paths| {
            let others = paths[1..].join(", ");
            Finding::new(Code::DuplicateFiles, format!("is the same as {others}")).of(paths[0])
        })
        .collect()
}

/// W003 to W006, W009 and W010.
fn top_level(library: &[(&str, &str)]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut names: BTreeSet<&str> = BTreeSet::new();
    let mut folders: BTreeMap<&str, bool> = BTreeMap::new();
    for (path, installed) in library {
        let file = installed.rsplit('/').next().unwrap_or(installed);
        let (first, is_file) = match installed.split_once('/') {
            Some((first, _)) => (first, false),
            None => (*installed, true),
        };
        // Folders of wheels, and where repaired wheels keep the libraries that they ship.
        if matches!(extension(first), "libs" | "dist-info" | "data") && !is_file {
            continue;
        }
        if names.insert(first) && COMMON.contains(&module_name(first).unwrap_or(first)) {
            let actual = format!("has the top-level name {first}, which many projects have");
            findings.push(Finding::new(Code::CommonName, actual).of(path));
        }
        if is_file && first == "__init__.py" {
            findings.push(Finding::new(Code::InitAtTop, "is at top level").of(path));
        }
        let is_module = module_name(file).is_some();
        if is_file && !is_module && !matches!(extension(first), "pth" | "pyi") {
            findings
                .push(Finding::new(Code::TopLevelFile, "is at top level and no module").of(path));
        }
        if !is_file {
            *folders.entry(first).or_default() |= is_module;
        }
        let folder = &installed[..installed.len() - file.len()];
        let mut parts = folder.split('/').filter(|part| !part.is_empty());
        let importable = |part: &str| is_identifier(part) && !KEYWORDS.contains(&part);
        // mypyc's own shims import such a module by its file.
        if let Some(name) = module_name(file).filter(|name| !name.ends_with("__mypyc"))
            && !(importable(name) && parts.all(importable))
        {
            let actual = "can't be imported: a part of its path is no identifier";
            findings.push(Finding::new(Code::NotImportable, actual).of(path));
        }
    }
    let counted: Vec<_> = names
        .iter()
        .filter(|name| !name.starts_with('_') && extension(name) != "pth")
        .copied()
        .collect();
    if counted.len() > 1 {
        let actual = format!("has the top-level names {}", counted.join(", "));
        findings.push(Finding::new(Code::ManyTopLevel, actual));
    }
    let without = folders.into_iter().filter(|(folder, has)| {
        let stubs = folder.strip_suffix("-stubs").is_some_and(is_identifier);
        !has && !stubs
    });
    findings.extend(without.map(|(folder, _)| {
        Finding::new(Code::NoModules, "is a top-level folder without a module").of(folder)
    }));
    findings
}

/// What comes behind a name's last dot; Python tells files by it, and minds case.
fn extension(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(_, extension)| extension)
}

fn module_name(file: &str) -> Option<&str> {
    module_of(file).map(|(name, _)| name)
}
