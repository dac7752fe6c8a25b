//! entry_points.txt: groups of names that stand for objects.
//!
//! Source: PyPA, "Entry points specification".

use std::collections::BTreeSet;

use crate::audit::code::Code;
use crate::audit::finding::{Finding, MOST_FINDINGS};

/// What is wrong with the text.
pub(in crate::audit) fn judge(bytes: &[u8]) -> Vec<Finding> {
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
        }
        if !is_reference(object.trim(), is_script(group)) {
            findings.push(refuse(
                number,
                "what it stands for is no `package.module:object`",
            ));
        }
    }
    findings
}

/// Groups whose entries installers make programs of; such a one needs an object to call.
fn is_script(group: &str) -> bool {
    matches!(group, "console_scripts" | "gui_scripts")
}

fn is_reference(text: &str, script: bool) -> bool {
    // Extras in brackets are obsolete and still allowed.
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

/// Whether Python could have a module or variable of this name.
pub(super) fn is_identifier(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c == '_' || c.is_alphabetic())
        && chars.all(|c| c == '_' || c.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_for_objects() {
        let good = "# comment\n[console_scripts]\nhello = hello.__main__:main\n\
            [plugins]\na = pkg\nb.c = pkg.mod:Class.attr [extra]\n";
        assert_eq!(judge(good.as_bytes()), []);
        for (wrong, line) in [
            ("hello = a:b", 1),
            ("[x\na = b", 1),
            ("[g]\nhello", 2),
            ("[console_scripts]\nhello = a", 2),
            ("[console_scripts]\nhello = a b:c", 2),
            ("[g]\na = b\na = c", 3),
            ("[g]\na = b\n[g]\n", 3),
        ] {
            let findings = judge(wrong.as_bytes());
            assert!(!findings.is_empty(), "{wrong}");
            let expected = format!("line {line}: ");
            assert!(findings[0].actual.starts_with(&expected), "{findings:?}");
        }
    }
}
