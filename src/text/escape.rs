//! Escapes text for people: neither a name nor the output of another program can control the terminal, or
//! give commands to the CI service that reads the log.

use std::borrow::Cow;
use std::path::Path;

use super::path::lossy;

/// Whether a character has to be escaped: it controls the terminal, ends a line, changes the direction of
/// the text or is invisible. Line feeds and tabs do not count.
pub(crate) fn is_deceptive(c: char) -> bool {
    let is_invisible = matches!(
        c,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{e0000}'..='\u{e007f}'
    );
    is_invisible || (c.is_control() && !matches!(c, '\n' | '\t'))
}

/// Escapes a value so that every character is visible; line feeds and tabs stay.
pub(crate) fn value(text: &str) -> Cow<'_, str> {
    if !text.contains(is_deceptive) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            // The end of a line on Windows.
            '\r' if rest.peek() == Some(&'\n') => {}
            c if is_deceptive(c) => shown.extend(c.escape_unicode()),
            c => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

/// Escapes a value for one line, such as a cell of a table.
pub(crate) fn cell(text: &str) -> String {
    value(text).replace('\n', "\\n").replace('\t', "\\t")
}

/// Escapes a path for one line.
pub(crate) fn path(path: &Path) -> String {
    cell(&lossy(path))
}

/// Escapes lines that are about to be printed and have our own styles in them. Sequences that set a color
/// or a style stay if `colored` and are removed otherwise; all others are escaped, and so are commands to a
/// CI service.
pub(crate) fn lines(text: &str, colored: bool) -> String {
    let shown: Vec<_> = text
        .split('\n')
        .map(|line| one_line(line, colored))
        .collect();
    shown.join("\n")
}

fn one_line(line: &str, colored: bool) -> String {
    let mut shown = String::with_capacity(line.len());
    let mut rest = line.strip_suffix('\r').unwrap_or(line);
    let mut is_begun = false;
    while let Some(c) = rest.chars().next() {
        if let Some(length) = style(rest) {
            if colored {
                shown.push_str(&rest[..length]);
            }
            rest = &rest[length..];
            continue;
        }
        let is_command = (!is_begun
            && COMMANDS_AT_START
                .iter()
                .any(|start| rest.starts_with(start)))
            || is_marked_command(rest);
        if is_command || is_deceptive(c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
        is_begun |= !c.is_whitespace();
        rest = &rest[c.len_utf8()..];
    }
    shown
}

/// How commands to GitHub and GitLab begin, at the start of a line.
const COMMANDS_AT_START: [&str; 3] = ["::", "section_start:", "section_end:"];

/// Whether the text begins like a command to GitHub, Azure Pipelines or TeamCity, which may stand anywhere in
/// a line.
fn is_marked_command(text: &str) -> bool {
    text.strip_prefix("##").is_some_and(|rest| {
        ["[", "vso[", "teamcity["].iter().any(|name| {
            rest.get(..name.len())
                .is_some_and(|begin| begin.eq_ignore_ascii_case(name))
        })
    })
}

/// The length of the escape sequence at the beginning, if it sets a color or a style.
fn style(text: &str) -> Option<usize> {
    let parameters = text.strip_prefix("\u{1b}[")?;
    let length = parameters.find(|c: char| !(c.is_ascii_digit() || matches!(c, ';' | ':')))?;
    parameters[length..].starts_with('m').then_some(length + 3)
}

/// Escapes a JSON document so that every character is visible. Such characters occur in strings only, so
/// JSON's own escapes can replace them.
pub(crate) fn json(document: &str) -> String {
    use std::fmt::Write as _;
    let mut shown = String::with_capacity(document.len());
    for (at, c) in document.char_indices() {
        if is_deceptive(c) || (c == '#' && is_marked_command(&document[at..])) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                let _ = write!(shown, "\\u{unit:04x}");
            }
        } else {
            shown.push(c);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_the_terminal_is_shown() {
        for (text, shown) in [
            ("a\u{1b}[2Jb", "a\\u{1b}[2Jb"),
            ("a\u{9b}2Jb", "a\\u{9b}2Jb"),
            ("a\rb\u{7f}\u{8}\0", "a\\u{d}b\\u{7f}\\u{8}\\u{0}"),
            ("gpj.\u{202e}exe", "gpj.\\u{202e}exe"),
            ("\u{2066}x\u{2069}", "\\u{2066}x\\u{2069}"),
            (
                "a\u{2028}b\u{200b}c\u{feff}",
                "a\\u{2028}b\\u{200b}c\\u{feff}",
            ),
            ("\u{e0041}", "\\u{e0041}"),
            ("Zeile\tzwei\r\nénd 👨‍👩‍👧", "Zeile\tzwei\nénd 👨‍👩‍👧"),
        ] {
            assert_eq!(value(text), shown);
        }
        assert_eq!(cell("a\nb\t"), "a\\nb\\t");
    }

    #[test]
    fn colors_stay_and_other_sequences_are_shown() {
        let zig = "\u{1b}[31;1merror\u{1b}[0m\u{1b}[2K\u{1b}]0;title\u{7}";
        let shown = "\\u{1b}[2K\\u{1b}]0;title\\u{7}";
        assert_eq!(
            lines(zig, true),
            format!("\u{1b}[31;1merror\u{1b}[0m{shown}")
        );
        assert_eq!(lines(zig, false), format!("error{shown}"));
        assert_eq!(lines("\u{1b}[31", true), "\\u{1b}[31");
    }

    #[test]
    fn no_line_is_a_command() {
        for (text, shown) in [
            ("::error::x", "\\u{3a}:error::x"),
            (
                "a\n \t::set-output name=x::y",
                "a\n \t\\u{3a}:set-output name=x::y",
            ),
            ("\u{1b}[1m::error::x", "\\u{3a}:error::x"),
            ("a ##[error]x", "a \\u{23}#[error]x"),
            ("###[x", "#\\u{23}#[x"),
            ("##VSO[task.setvariable]x", "\\u{23}#VSO[task.setvariable]x"),
            ("##teamcity[x", "\\u{23}#teamcity[x"),
            (
                "section_start:0:x\r\u{1b}[0K",
                "\\u{73}ection_start:0:x\\u{d}\\u{1b}[0K",
            ),
            ("std::mem ## heading", "std::mem ## heading"),
        ] {
            assert_eq!(lines(text, false), shown);
        }
    }

    #[test]
    fn a_document_stays_the_same_document() {
        let text = "a\u{7f}\u{9b}\u{202e}\u{2028}\u{e0041}##[error]\u{1b}\n::x";
        let document = serde_json::to_string_pretty(&[text]).unwrap();
        let shown = json(&document);
        assert!(!shown.contains("##[") && shown.chars().all(|c| !is_deceptive(c)));
        assert_eq!(serde_json::from_str::<Vec<String>>(&shown).unwrap(), [text]);
    }
}
