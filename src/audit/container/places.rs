//! Checks the places that installers put the files and commands of a wheel at: no two of them in one place.
//!
//! The folders of `.data` and the entry points make files beside those at the root of the wheel. `installer`
//! stops at the second file for a place; pip and uv let one of the two replace the other. Source: PyPA, "Binary
//! distribution format", "Installing a wheel", and "Entry points specification".

use std::collections::BTreeMap;

use super::entry_points::is_script;
use super::paths::weigh;
use crate::audit::claim::{Claim, Systems};
use crate::audit::code::{Code, Severity};
use crate::audit::finding::{Finding, MOST_FINDINGS};
use crate::metadata::archive_path::{Collision, collisions};

/// The folder of the library in the places below.
const LIBRARY: &str = "<library>";

/// A file or a command that an installer writes.
struct Item<'a> {
    /// What it comes from: a folder of `.data`, a group of entry points, or the root of the wheel.
    origin: &'a str,
    /// Its path in the wheel, or the name of the command.
    name: &'a str,
}

/// Checks where the files and the commands (each with its group) of a wheel are installed.
pub(in crate::audit) fn judge<'a>(
    files: impl Iterator<Item = &'a str> + Clone,
    commands: &[(&'a str, &'a str)],
    claim: &Claim,
) -> Vec<Finding> {
    let stem = claim.stem();
    let data = format!("{stem}.data/");
    let systems = claim.systems();
    let mut items: BTreeMap<String, Vec<Item>> = BTreeMap::new();
    if files.clone().any(|path| path.starts_with(&data)) {
        for path in files {
            let below = path
                .strip_prefix(&data)
                .and_then(|path| path.split_once('/'));
            let (origin, place) = match below {
                Some((origin, rest)) => (origin, place_of_data(origin, rest, systems)),
                None => ("", Some(format!("{LIBRARY}/{path}"))),
            };
            let item = Item { origin, name: path };
            items
                .entry(place.unwrap_or_default())
                .or_default()
                .push(item);
        }
        // Files of unknown folders have a finding of their own.
        items.remove("");
    }
    for (group, name) in commands {
        // On Windows, installers write a program for each command.
        let ending = if systems.unix { "" } else { ".exe" };
        let place = format!("{}/{name}{ending}", scripts(systems));
        let item = Item {
            origin: group,
            name,
        };
        items.entry(place).or_default().push(item);
    }
    let paths = items
        .iter()
        .flat_map(|(place, items)| items.iter().map(|_| place.as_str()));
    let found = collisions(paths).into_iter().filter_map(|collision| {
        let (first, second, code, severity) = match &collision {
            Collision::Twice(place) => {
                let items = items.get(place)?;
                let first = items.first()?;
                let second = items.iter().find(|item| item.origin != first.origin)?;
                (first, second, Code::InstalledTwice, Severity::Error)
            }
            Collision::SameFile(one, other, _) | Collision::FileAndFolder(one, other) => {
                let (first, second) = (items.get(one)?.first()?, items.get(other)?.first()?);
                // Two paths in one folder have a finding already.
                if first.origin == second.origin && first.is_file() {
                    return None;
                }
                let (code, severity) = weigh(&collision, systems)?;
                (first, second, code, severity)
            }
        };
        let how = match collision {
            Collision::FileAndFolder(..) => "is installed where a folder is needed for",
            Collision::Twice(_) | Collision::SameFile(..) => "is installed to the same place as",
        };
        let hint = "keep one of the two, or give one of them another name";
        let finding = Finding::new(code, format!("{how} {}", second.shown()));
        let finding = finding.hint(hint).weighing(severity);
        Some(finding.of(&first.shown()))
    });
    found.take(MOST_FINDINGS).collect()
}

impl Item<'_> {
    fn is_file(&self) -> bool {
        !is_script(self.origin)
    }

    fn shown(&self) -> String {
        if self.is_file() {
            self.name.to_owned()
        } else {
            format!("the command {} in [{}]", self.name, self.origin)
        }
    }
}

/// The place of a file in a folder of `.data`, as far as other files of the wheel can have the same place. An
/// environment has one folder for purelib and platlib; some systems have two.
fn place_of_data(scheme: &str, path: &str, systems: Systems) -> Option<String> {
    match scheme {
        "purelib" | "platlib" => Some(format!("{LIBRARY}/{path}")),
        "scripts" => Some(format!("{}/{path}", scripts(systems))),
        "data" => Some(path.to_owned()),
        "headers" => Some(format!("<headers>/{path}")),
        _ => None,
    }
}

/// The folder of commands. A wheel for all systems is judged as on Unix.
fn scripts(systems: Systems) -> &'static str {
    if systems.unix { "bin" } else { "Scripts" }
}

/// A folder of `.data` for files that could be at the root of the wheel.
pub(in crate::audit) fn redundant_scheme<'a>(
    mut files: impl Iterator<Item = &'a str>,
    stem: &str,
    root_is_purelib: Option<bool>,
) -> Option<Finding> {
    let scheme = if root_is_purelib? {
        "purelib"
    } else {
        "platlib"
    };
    let folder = format!("{stem}.data/{scheme}");
    let below = format!("{folder}/");
    files.any(|path| path.starts_with(&below)).then(|| {
        let actual = format!("is for {scheme}, where the root of the wheel is installed");
        Finding::new(Code::RedundantScheme, actual)
            .hint(format!(
                "move the files in {folder} to the root of the wheel"
            ))
            .of(&folder)
    })
}

/// The shared libraries of a wheel for some platforms that are installed into purelib.
pub(in crate::audit) fn native_in_purelib<'a>(
    libraries: impl Iterator<Item = &'a str>,
    stem: &str,
    root_is_purelib: Option<bool>,
) -> Vec<Finding> {
    let (data, purelib) = (format!("{stem}.data/"), format!("{stem}.data/purelib/"));
    let mut findings = Vec::new();
    let mut at_root = false;
    for path in libraries {
        at_root |= !path.starts_with(&data);
        if path.starts_with(&purelib) {
            let finding = Finding::new(Code::NativeInPure, "is a shared library")
                .promised("files in .data/purelib have no native code")
                .hint(
                    "move the file to .data/platlib, or to the root with `Root-Is-Purelib: false`",
                );
            findings.push(finding.of(path));
        }
    }
    if at_root && root_is_purelib == Some(true) {
        // It works wherever purelib and platlib are one folder or on one path.
        findings.push(
            Finding::new(Code::NativeInPure, "has native code")
                .promised("WHEEL says Root-Is-Purelib: true")
                .hint("build the wheel as one with native code, so that WHEEL has `Root-Is-Purelib: false`")
                .weighing(Severity::Warning),
        );
    }
    findings
}
