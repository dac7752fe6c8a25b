//! Scripts and entry points: checked, then rendered as `entry_points.txt`.

use std::fmt::Write as _;

use super::fields::checked;
use crate::error::Problem;
use crate::metadata::check_line;
use crate::metadata::identifier::is_identifier;
use crate::metadata::script_name::ScriptNameFault;
use crate::metadata::values::check_name;
use crate::project::entry::{Entry, Table};

/// A group of entry points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    /// Ex) `console_scripts`
    name: String,
    /// Names and object references, in the order of the file.
    entries: Vec<(String, String)>,
}

impl Group {
    /// Whether an installer makes a command of this name.
    pub(super) fn has_command(&self, name: &str) -> bool {
        let makes_commands = matches!(&*self.name, "console_scripts" | "gui_scripts");
        makes_commands && self.entries.iter().any(|(own, _)| own == name)
    }

    /// The modules that the entries name.
    pub(super) fn modules(&self) -> impl Iterator<Item = &str> {
        let references = self.entries.iter().map(|(_, reference)| reference);
        references.map(|reference| {
            let end = reference.find([':', ' ']).unwrap_or(reference.len());
            &reference[..end]
        })
    }
}

/// Reads `scripts`, `gui-scripts` and `entry-points`.
pub(super) fn read(project: &Table<'_>, problems: &mut Vec<Problem>) -> Vec<Group> {
    let mut groups = Vec::new();
    for (key, group) in [
        ("scripts", "console_scripts"),
        ("gui-scripts", "gui_scripts"),
    ] {
        if let Some(entry) = project.get(key) {
            groups.extend(read_group(&entry, group, &SCRIPT, problems));
        }
    }
    let Some(entry) = project.get("entry-points") else {
        return groups;
    };
    let Some(table) = entry.table(problems) else {
        return groups;
    };
    for entry in table.entries() {
        if let "console_scripts" | "gui_scripts" = entry.key {
            let instead = if entry.key == "gui_scripts" {
                "gui-scripts"
            } else {
                "scripts"
            };
            problems.push(
                entry
                    .problem("this group has a table of its own (PEP 621)")
                    .hint(format!("move it to [project.{instead}]")),
            );
            continue;
        }
        let valid = |part: &str| {
            let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
            !part.is_empty() && part.bytes().all(word)
        };
        if !entry.key.split('.').all(valid) {
            problems.push(
                entry
                    .problem("is not a valid name of a group")
                    .hint("groups are words of letters, digits and _, joined by dots"),
            );
        }
        groups.extend(read_group(&entry, entry.key, &PLUGIN, problems));
    }
    groups
}

/// The text of `entry_points.txt`; `None` if there are no entry points.
pub(super) fn render(groups: &[Group]) -> Option<String> {
    let mut text = String::new();
    for group in groups.iter().filter(|group| !group.entries.is_empty()) {
        let gap = if text.is_empty() { "" } else { "\n" };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{gap}[{}]", group.name);
        for (name, reference) in &group.entries {
            let _ = writeln!(text, "{name} = {reference}");
        }
    }
    (!text.is_empty()).then_some(text)
}

/// What the names and values of a group may be.
struct Kind {
    name: fn(&str) -> Result<(), Problem>,
    reference: fn(&str) -> Result<String, Problem>,
}

/// A command: its name becomes the name of a file, its value must be something to call.
const SCRIPT: Kind = Kind {
    name: check_script_name,
    reference: check_script,
};

/// Anything that other projects look up.
const PLUGIN: Kind = Kind {
    name: check_plugin_name,
    reference: check_reference,
};

fn read_group(
    entry: &Entry<'_>,
    name: &str,
    kind: &Kind,
    problems: &mut Vec<Problem>,
) -> Option<Group> {
    let table = entry.table(problems)?;
    let mut entries = Vec::new();
    for entry in table.entries() {
        if let Err(problem) = (kind.name)(entry.key) {
            problems.push(entry.wrap(problem));
        }
        if let Some(reference) = checked(&entry, problems, kind.reference) {
            entries.push((entry.key.to_owned(), reference));
        }
    }
    Some(Group {
        name: name.to_owned(),
        entries,
    })
}

fn check_script_name(name: &str) -> Result<(), Problem> {
    let refuse = |why: String| {
        let message = format!(
            "`{}` is not a valid name of a command{why}",
            name.escape_debug()
        );
        Err(Problem::new(message).hint("use letters, digits, -, _ and ."))
    };
    // Letters of other alphabets are allowed, but not recommended by the specification.
    let word = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    match ScriptNameFault::of(name) {
        Some(fault) => refuse(format!(": {fault}")),
        None if !name.bytes().all(word) => refuse(String::new()),
        None => Ok(()),
    }
}

/// What an INI file can hold before the `=`.
fn check_plugin_name(name: &str) -> Result<(), Problem> {
    check_line(name)?;
    if name.trim() != name || name.contains('=') || name.starts_with(['[', '#', ';']) {
        return Err(
            Problem::new(format!("`{name}` is not a valid name of an entry point"))
                .hint("use letters, digits, -, _ and ."),
        );
    }
    Ok(())
}

/// `module:object` with dots in both; a script must name a function to call.
fn check_script(reference: &str) -> Result<String, Problem> {
    let checked = check_reference(reference)?;
    if checked.contains(':') {
        Ok(checked)
    } else {
        Err(Problem::new(format!("`{reference}` names no function"))
            .hint("write it like \"hello.__main__:main\""))
    }
}

fn check_reference(reference: &str) -> Result<String, Problem> {
    let refused = || {
        Problem::new(format!("`{reference}` is not an object reference"))
            .hint("write it like \"package.module:function\"")
    };
    let (target, extras) = match reference.split_once('[') {
        Some((target, rest)) => {
            let inside = rest.trim_end().strip_suffix(']').ok_or_else(refused)?;
            (target, inside.split(',').map(str::trim).collect())
        }
        None => (reference, Vec::new()),
    };
    let (module, object) = match target.split_once(':') {
        Some((module, object)) => (module.trim(), Some(object.trim())),
        None => (target.trim(), None),
    };
    let dotted = |text: &str| text.split('.').all(is_identifier);
    if !dotted(module) || !object.is_none_or(dotted) {
        return Err(refused());
    }
    let mut text = module.to_owned();
    if let Some(object) = object {
        text.extend([":", object]);
    }
    // No longer recommended, and yet what installers and projects know.
    if !extras.is_empty() {
        for extra in &extras {
            check_name(extra)?;
        }
        text.extend([" [", &extras.join(","), "]"]);
    }
    Ok(text)
}
