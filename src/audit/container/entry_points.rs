//! Checks entry_points.txt: groups of names for objects.
//!
//! Source: PyPA, "Entry points specification".

use std::collections::BTreeSet;

use crate::audit::code::{Code, Severity};
use crate::audit::finding::{Finding, MOST_FINDINGS};
use crate::metadata::identifier::is_identifier;
use crate::metadata::script_name::{ScriptNameFault, is_pip};

/// Checks the text; `project` is the name of the wheel's project.
pub(in crate::audit) fn judge(bytes: &[u8], project: &str) -> Vec<Finding> {
    let refuse = |line: usize, why: &str| {
        Finding::new(Code::EntryPoints, format!("line {line}: {why}"))
            .hint("write it like `name = package.module:object` below a `[group]`")
    };
    let Ok(text) = std::str::from_utf8(bytes) else {
        return vec![Finding::new(Code::EntryPoints, "is not UTF-8")];
    };
    let mut findings = Vec::new();
    let mut group: Option<&str> = None;
    let mut seen: BTreeSet<(&str, Option<&str>)> = BTreeSet::new();
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        if findings.len() >= MOST_FINDINGS {
            break;
        }
        let line = line.trim();
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = line.strip_prefix('[') {
            match name.strip_suffix(']') {
                Some(name) if !name.trim().is_empty() => {
                    group = Some(name);
                    if !seen.insert((name, None)) {
                        findings.push(refuse(number, "the group is there twice"));
                    }
                }
                _ => findings.push(refuse(number, "the group has no end or no name")),
            }
            continue;
        }
        let Some(group) = group else {
            findings.push(refuse(number, "an entry before the first group"));
            continue;
        };
        let Some((name, object)) = line.split_once('=') else {
            findings.push(refuse(number, "an entry without `=`"));
            continue;
        };
        let name = name.trim();
        if name.is_empty() {
            findings.push(refuse(number, "an entry without a name"));
        } else if !seen.insert((group, Some(name))) {
            findings.push(refuse(number, "the name is there twice in its group"));
        } else if is_script(group) {
            findings.extend(script(name, number, project));
        }
        if !is_reference(object.trim(), is_script(group)) {
            findings.push(refuse(
                number,
                "the value is not like `package.module:object`",
            ));
        }
    }
    findings
}

/// The entries of the text that have a group: the group, the name, and what it stands for.
pub(super) fn entries(text: &str) -> impl Iterator<Item = (&str, &str, &str)> {
    let mut group = "";
    let lines = text.lines().map(str::trim);
    lines.filter_map(move |line| {
        if let Some(name) = line.strip_prefix('[') {
            group = name.trim_end_matches(']').trim();
            return None;
        }
        let (name, object) = line.split_once('=')?;
        let is_entry = !line.starts_with(['#', ';']) && !group.is_empty();
        is_entry.then_some((group, name.trim(), object.trim()))
    })
}

/// The commands that installers create: the group and the name of each.
pub(in crate::audit) fn commands(text: &str) -> Vec<(&str, &str)> {
    let commands = entries(text).filter(|(group, ..)| is_script(group));
    commands.map(|(group, name, _)| (group, name)).collect()
}

/// Checks the name of a command.
fn script(name: &str, line: usize, project: &str) -> Option<Finding> {
    if let Some(fault) = ScriptNameFault::of(name) {
        let actual = format!("line {line}: `{name}` is not a valid command name: {fault}");
        let hint = "rename the command: use letters, digits, -, _ and .";
        return Some(Finding::new(Code::ScriptName, actual).hint(hint));
    }
    (is_pip(name) && project != "pip").then(|| {
        let actual = format!("line {line}: the command {name} replaces pip");
        let finding = Finding::new(Code::ScriptName, actual).hint("rename the command");
        finding.weighing(Severity::Warning)
    })
}

/// Groups for whose entries installers create programs, which need an object to call.
pub(super) fn is_script(group: &str) -> bool {
    matches!(group.trim(), "console_scripts" | "gui_scripts")
}

fn is_reference(text: &str, script: bool) -> bool {
    // Extras in brackets are obsolete but still allowed.
    let text = match text.split_once('[') {
        Some((before, extras)) if extras.ends_with(']') => before.trim_end(),
        Some(_) => return false,
        None => text,
    };
    let dotted = |path: &str| path.trim().split('.').all(is_identifier);
    match text.split_once(':') {
        Some((module, object)) => dotted(module) && dotted(object),
        None => !script && dotted(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_for_objects() {
        let good = "# comment\n[console_scripts]\nhello = hello.__main__:main\n\
            [plugins]\na = pkg\nb.c = pkg.mod:Class.attr [extra]\n";
        assert_eq!(judge(good.as_bytes(), "hello"), []);
        for (wrong, line) in [
            ("hello = a:b", 1),
            ("[x\na = b", 1),
            ("[g]\nhello", 2),
            ("[console_scripts]\nhello = a", 2),
            ("[console_scripts]\nhello = a b:c", 2),
            ("[g]\na = b\na = c", 3),
            ("[g]\na = b\n[g]\n", 3),
        ] {
            let findings = judge(wrong.as_bytes(), "hello");
            assert!(!findings.is_empty(), "{wrong}");
            let expected = format!("line {line}: ");
            assert!(findings[0].actual.starts_with(&expected), "{findings:?}");
        }
    }

    #[test]
    fn commands_do_not_replace_what_an_environment_has() {
        let found = |group: &str, name: &str, project: &str| {
            let text = format!("[{group}]\n{name} = a:b\n");
            let findings = judge(text.as_bytes(), project);
            findings.first().map(|first| (first.code, first.severity))
        };
        let error = Some((Code::ScriptName, Severity::Error));
        let warning = Some((Code::ScriptName, Severity::Warning));
        for group in ["console_scripts", "gui_scripts", " console_scripts "] {
            assert_eq!(found(group, "Python3.exe", "hello"), error);
            assert_eq!(found(group, "../../evil", "hello"), error);
            assert_eq!(found(group, "pip3", "hello"), warning);
            assert_eq!(found(group, "pip3", "pip"), None);
        }
        // Only installers' groups become files.
        assert_eq!(found("plugins", "python", "hello"), None);
        assert_eq!(found("plugins", "a/b c", "hello"), None);
    }
}
