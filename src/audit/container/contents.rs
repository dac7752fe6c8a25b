//! Checks the list of files: files that should not be in a wheel, and modules that cannot be imported.
//!
//! Takes the paths with their hashes; the rules are those of check-wheel-contents, whose codes (W001 …)
//! are noted here.

use std::collections::{BTreeMap, BTreeSet};

use super::archive::Entry;
use super::imports::installed;
use crate::audit::code::{Code, Severity};
use crate::audit::finding::{Finding, MOST_COUNTED};
use crate::metadata::identifier::{is_identifier, is_keyword};
use crate::metadata::modules::{ModuleKind, module_of};
use crate::metadata::script_name::{is_of_environment, is_pip};
use crate::wheel::record::{Content, Meter};

/// Names that projects often have in their root and that no wheel should have at top level (W005).
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
/// The folders of `.data`, each for one of the places that Python installs to.
const SCHEMES: [&str; 5] = ["purelib", "platlib", "headers", "scripts", "data"];
/// How much of the first line of a program is read, in bytes. Linux reads no more than 255.
pub(in crate::audit) const LONGEST_SHEBANG: usize = 512;
/// The files in `.dist-info` that only installers write.
const INSTALLERS: [&str; 3] = ["INSTALLER", "REQUESTED", "direct_url.json"];

/// Checks the files of a wheel whose metadata folders begin with `stem`. A wheel that `depends` on others may
/// exist only to have them installed.
pub(in crate::audit) fn judge(
    files: &BTreeMap<String, Content>,
    stem: &str,
    depends: bool,
) -> Vec<Finding> {
    let dist_info = format!("{stem}.dist-info/");
    let mut findings = Vec::new();
    for name in INSTALLERS {
        let path = format!("{dist_info}{name}");
        if files.contains_key(&path) {
            findings.push(Finding::new(Code::ReservedFile, "is for installers to write").of(&path));
        }
    }
    findings.extend(data_folders(files, stem));
    // Paths as they are installed: those of `.data/purelib` and `.data/platlib` lie beside the others.
    let library: Vec<(&str, &str)> = files
        .keys()
        .filter_map(|path| Some((path.as_str(), installed(path, stem)?)))
        .collect();
    if library.is_empty() {
        let data = format!("{stem}.data/");
        let has_data = files.keys().any(|path| path.starts_with(&data));
        let finding = Finding::new(Code::Empty, "has neither a module nor a package in it");
        findings.push(finding.weighing_if(has_data || depends, Severity::Note));
    }
    findings.extend(bytecode(files.keys().map(String::as_str)));
    findings.extend(duplicates(files));
    findings.extend(top_level(&library));
    findings
}

/// Compiled Python files.
pub(in crate::audit) fn bytecode<'p>(
    paths: impl Iterator<Item = &'p str>,
) -> impl Iterator<Item = Finding> {
    let compiled = paths.filter(|path| matches!(extension(path), "pyc" | "pyo"));
    let found =
        compiled.map(|path| Finding::new(Code::Bytecode, "is a compiled Python file").of(path));
    found.take(MOST_COUNTED)
}

/// Files in `.data` that installers refuse, or that replace files of the environment.
fn data_folders(files: &BTreeMap<String, Content>, stem: &str) -> Vec<Finding> {
    let own = format!("{stem}.data");
    let mut findings = Vec::new();
    let mut seen = BTreeSet::new();
    for path in files.keys() {
        let (first, below) = path.split_once('/').unwrap_or((path, ""));
        if extension(first) != "data" {
            continue;
        }
        if first != own {
            if seen.insert(first) {
                let actual =
                    "is not the wheel's own .data: pip installs the files in it, uv does not";
                let finding = Finding::new(Code::ForeignData, actual);
                findings.push(finding.promised(format!("the wheel's is {own}")).of(first));
            }
            continue;
        }
        let Some((scheme, file)) = below
            .split_once('/')
            .filter(|(name, _)| SCHEMES.contains(name))
        else {
            let scheme = below.split('/').next().unwrap_or(below);
            if seen.insert(scheme) {
                let actual = if SCHEMES.contains(&scheme) || !below.contains('/') {
                    "is a file where installers expect a folder"
                } else {
                    "is a folder in .data that installers do not know"
                };
                let place = format!("{own}/{scheme}");
                findings.push(Finding::new(Code::DataScheme, actual).of(&place));
            }
            continue;
        };
        findings.extend(installed_program(scheme, file, stem).map(|finding| finding.of(path)));
    }
    findings
}

/// Checks a file that is installed below the folder of the environment, or as a program.
fn installed_program(scheme: &str, file: &str, stem: &str) -> Option<Finding> {
    let program = match (scheme, file.split_once('/')) {
        ("scripts", None) => file,
        ("scripts", Some(_)) => {
            let actual = "is in a folder below scripts, which uv refuses";
            return Some(Finding::new(Code::DataScheme, actual));
        }
        ("data", None) if file.eq_ignore_ascii_case("pyvenv.cfg") => {
            let actual = "replaces the file that makes a folder a virtual environment";
            return Some(Finding::new(Code::ScriptName, actual));
        }
        ("data", Some((folder, name)))
            if folder.eq_ignore_ascii_case("bin") || folder.eq_ignore_ascii_case("scripts") =>
        {
            name
        }
        _ => return None,
    };
    if is_of_environment(program) {
        let actual = format!("replaces `{program}` of the environment");
        return Some(Finding::new(Code::ScriptName, actual).hint("rename the program"));
    }
    (is_pip(program) && !stem.starts_with("pip-")).then(|| {
        let finding = Finding::new(Code::ScriptName, "replaces pip").hint("rename the program");
        finding.weighing(Severity::Warning)
    })
}

/// The first line of a program that begins like this, if the line names a Python other than the environment's.
pub(in crate::audit) fn fixed_python(begin: &[u8]) -> Option<String> {
    let begin = &begin[..begin.len().min(LONGEST_SHEBANG)];
    let line = begin.split(|byte| matches!(byte, b'\n' | b'\r')).next()?;
    let line = String::from_utf8_lossy(line);
    let command = line.strip_prefix("#!")?.trim();
    // Installers replace this word with the path of the environment's Python.
    if command.starts_with("python") {
        return None;
    }
    let names = command
        .split_whitespace()
        .map(|word| word.rsplit('/').next());
    let mut names = names.flatten().filter(|name| !name.starts_with('-'));
    let first = names.next()?;
    let name = if first == "env" { names.next()? } else { first };
    let is_python = name.starts_with("python") || name.starts_with("pypy");
    is_python.then(|| line.into_owned())
}

/// The programs in `.data/scripts` whose first line names a Python, from a list of those lines by path.
pub(in crate::audit) fn shebangs(
    lines: &BTreeMap<String, String>,
) -> impl Iterator<Item = Finding> {
    lines.iter().map(|(path, line)| {
        Finding::new(Code::ScriptShebang, format!("begins with `{line}`"))
            .promised("installers replace only `#!python` with the environment's Python")
            .hint(
                "begin the program with `#!python`, or make it an entry point in `console_scripts`",
            )
            .of(path)
    })
}

/// Files for `site`, which run code or extend `sys.path` whenever Python starts.
///
/// Source: the documentation of Python's module `site`, and PEP 829.
pub(in crate::audit) fn startup_files(
    files: &BTreeMap<String, Content>,
    run_code: &BTreeSet<String>,
    stem: &str,
) -> Vec<Finding> {
    let at_top = files.keys().filter_map(|path| {
        let at_top = installed(path, stem).filter(|path| !path.contains('/'));
        let installed = at_top.or_else(|| in_site_packages(path, stem))?;
        Some((path, installed))
    });
    let found = at_top.filter_map(|(path, name)| {
        let runs = match extension(name) {
            "pth" => run_code.contains(path),
            "start" => true,
            _ if matches!(module_name(name), Some("sitecustomize" | "usercustomize")) => true,
            _ => return None,
        };
        let actual = if runs {
            "runs code whenever Python starts, even if the package is not imported"
        } else {
            "adds folders to sys.path whenever Python starts"
        };
        Some(Finding::new(Code::StartupFile, actual).of(path))
    });
    found.collect()
}

/// The name of a file that `.data/data`, which is unpacked into the environment itself, puts at the top of
/// site-packages (Debian: dist-packages).
fn in_site_packages<'path>(path: &'path str, stem: &str) -> Option<&'path str> {
    let path = path.strip_prefix(stem)?.strip_prefix(".data/data/")?;
    let (folder, name) = path.rsplit_once('/')?;
    let folder = folder.rsplit('/').next()?;
    let is_site = ["site-packages", "dist-packages"]
        .iter()
        .any(|site| folder.eq_ignore_ascii_case(site));
    is_site.then_some(name)
}

/// Finds folders that have an entry but contain no file.
pub(in crate::audit) fn empty_folders(entries: &[Entry]) -> Option<Finding> {
    let files = entries.iter().filter(|entry| !entry.is_folder);
    let files: BTreeSet<_> = files.map(|entry| entry.name.as_str()).collect();
    let is_empty = |folder: &str| {
        let mut from = files.range(folder..);
        from.next().is_none_or(|file| !file.starts_with(folder))
    };
    let folders = entries.iter().filter(|entry| entry.is_folder);
    let empty: Vec<_> = folders.filter(|entry| is_empty(&entry.name)).collect();
    let first = empty.first()?;
    let actual = match empty.len() {
        1 => "is an empty folder".to_owned(),
        count => format!("is an empty folder, as are {} more", count - 1),
    };
    let finding = Finding::new(Code::ZipFolder, actual).of(&first.name);
    // The folder for libraries that older releases of auditwheel make for every wheel.
    let is_for_libraries = empty.iter().all(|entry| entry.name.ends_with(".libs/"));
    Some(finding.weighing_if(is_for_libraries, Severity::Note))
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
        if findings.len() >= MOST_COUNTED {
            break;
        }
        let file = installed.rsplit('/').next().unwrap_or(installed);
        let (first, is_file) = match installed.split_once('/') {
            Some((first, _)) => (first, false),
            None => (*installed, true),
        };
        // The metadata folders, and the folders in which repaired wheels ship libraries.
        if matches!(extension(first), "libs" | "dist-info" | "data") && !is_file {
            continue;
        }
        if names.insert(first) && COMMON.contains(&module_name(first).unwrap_or(first)) {
            let actual = format!("has the top-level name {first}, which many projects use");
            findings.push(Finding::new(Code::CommonName, actual).of(path));
        }
        if is_file && first == "__init__.py" {
            findings.push(Finding::new(Code::InitAtTop, "is at top level").of(path));
        }
        let is_module = module_name(file).is_some();
        if is_file && !is_module && !matches!(extension(first), "pth" | "pyi") {
            findings.push(
                Finding::new(Code::TopLevelFile, "is at top level and cannot be imported").of(path),
            );
        }
        if !is_file {
            *folders.entry(first).or_default() |= is_module;
        }
        let folder = &installed[..installed.len() - file.len()];
        let mut parts = folder.split('/').filter(|part| !part.is_empty());
        let importable = |part: &str| is_identifier(part) && !is_keyword(part);
        // mypyc's own shims import such a module by its file.
        if let Some(name) = module_name(file).filter(|name| !name.ends_with("__mypyc"))
            && !(importable(name) && parts.all(importable))
        {
            let actual = "cannot be imported: a part of its path is not an identifier";
            let finding = Finding::new(Code::NotImportable, actual).of(path);
            // Programs read or run other such files by their paths: hooks, templates, examples.
            let is_for_import = !importable(module_name(first).unwrap_or(first))
                || matches!(module_of(file), Some((_, ModuleKind::Native)));
            findings.push(finding.weighing_if(is_for_import, Severity::Warning));
        }
    }
    let counted: Vec<_> = names
        .iter()
        .filter(|name| !name.starts_with('_') && extension(name) != "pth")
        .copied()
        .collect();
    if counted.len() > 1 {
        let actual = format!("has the top-level names {}", counted.join(", "));
        let finding = Finding::new(Code::ManyTopLevel, actual);
        let is_suspicious = counted.iter().any(|name| is_for_development(name));
        findings.push(finding.weighing_if(is_suspicious, Severity::Warning));
    }
    let mut files = library.iter().map(|(_, path)| path.rsplit('/').next());
    let is_data_only = !files.any(|file| file.and_then(module_name).is_some());
    let without = folders.into_iter().filter(|(folder, has)| {
        let stubs = folder.strip_suffix("-stubs").is_some_and(is_identifier);
        !has && !stubs
    });
    findings.extend(without.map(|(folder, _)| {
        let finding = Finding::new(Code::NoModules, "is a top-level folder without a module");
        let severity = if is_data_only {
            Severity::Note
        } else {
            Severity::Warning
        };
        finding.weighing(severity).of(folder)
    }));
    findings
}

/// Whether a top-level name is usual for what a project needs for its own development.
fn is_for_development(name: &str) -> bool {
    let name = module_name(name).unwrap_or(name);
    matches!(
        name,
        "benchmark" | "benchmarks" | "conftest" | "noxfile" | "setup" | "tasks"
    ) || name.starts_with("test_")
        || name.starts_with("tests_")
        || name.ends_with("_test")
        || name.ends_with("tests")
}

/// The part of a name after its last dot. Python recognizes modules by it and respects case.
fn extension(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(_, extension)| extension)
}

fn module_name(file: &str) -> Option<&str> {
    module_of(file).map(|(name, _)| name)
}
