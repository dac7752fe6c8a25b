//! Changes the fields of WHEEL that follow from the file name and the binaries.

use std::fmt::Write as _;

use crate::audit::claim::Claim;
use crate::audit::container::wheel_file;

/// The text of WHEEL with the tags and the build tag of a file name, and with this `Root-Is-Purelib`. Lines that
/// agree with them already stay as they are.
pub(super) fn changed(bytes: &[u8], claim: &Claim, root_is_purelib: bool) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?;
    let mut tags = String::new();
    for tag in claim.tags() {
        let _ = writeln!(tags, "Tag: {tag}");
    }
    let build = claim.build.as_deref();
    let build = build.map_or_else(String::new, |tag| format!("Build: {tag}\n"));
    let purelib = format!("Root-Is-Purelib: {root_is_purelib}\n");
    let mut judged = Vec::new();
    let same = wheel_file::judge(bytes, claim, &mut judged);
    let mut text = text.to_owned();
    let disagrees = |code| judged.iter().any(|finding| finding.code == code);
    let lacks = |name: &str| fields(&text, name).next().is_none();
    let lacks_tags = lacks("Tag");
    if same.root_is_purelib != Some(root_is_purelib) {
        text = with_field(&text, "Root-Is-Purelib", &purelib);
    }
    if lacks_tags || disagrees(crate::audit::Code::WheelTags) {
        text = with_field(&text, "Tag", &tags);
    }
    if disagrees(crate::audit::Code::WheelBuild) {
        text = with_field(&text, "Build", &build);
    }
    Some(text)
}

/// The lines of a field.
fn fields<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    text.lines().filter(move |line| is_field(line, name))
}

fn is_field(line: &str, name: &str) -> bool {
    let field = line.split_once(':');
    field.is_some_and(|(field, _)| field.trim().eq_ignore_ascii_case(name))
}

/// The text with these lines for a field: in place of the field's first line, or behind the last field.
fn with_field(text: &str, name: &str, lines: &str) -> String {
    let mut changed = String::with_capacity(text.len() + lines.len());
    let mut waiting = Some(lines);
    let is_new = fields(text, name).next().is_none();
    for line in text.lines() {
        if is_field(line, name) {
            changed.push_str(waiting.take().unwrap_or_default());
            continue;
        }
        if is_new && line.trim().is_empty() {
            changed.push_str(waiting.take().unwrap_or_default());
        }
        changed.push_str(line);
        changed.push('\n');
    }
    changed.push_str(waiting.unwrap_or_default());
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "Wheel-Version: 1.0\nGenerator: by hand\nRoot-Is-Purelib: false\n\
        Tag: cp312-cp312-linux_x86_64\nX: y\n";

    #[test]
    fn only_fields_that_disagree_with_the_name_change() {
        let claim = Claim::parse("a-1-cp312-cp312-linux_x86_64.whl").unwrap();
        let same = changed(TEXT.as_bytes(), &claim, false).unwrap();
        assert_eq!(same, TEXT);
        let claim = Claim::parse("a-1-2b-cp312-cp312-win32.win_amd64.whl").unwrap();
        let other = format!("{TEXT}Build: 1\n");
        let text = changed(other.as_bytes(), &claim, true).unwrap();
        assert_eq!(
            text,
            "Wheel-Version: 1.0\nGenerator: by hand\nRoot-Is-Purelib: true\n\
             Tag: cp312-cp312-win32\nTag: cp312-cp312-win_amd64\nX: y\nBuild: 2b\n"
        );
    }

    #[test]
    fn missing_fields_come_before_a_blank_line() {
        let claim = Claim::parse("a-1-py3-none-any.whl").unwrap();
        let text = "Wheel-Version: 1.0\n\n";
        assert_eq!(
            changed(text.as_bytes(), &claim, true).unwrap(),
            "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n\n"
        );
    }
}
