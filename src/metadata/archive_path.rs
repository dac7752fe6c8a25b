//! Paths in a wheel or source distribution: valid on every system, and no two of them one file on any.
//!
//! Takes text, gives [`ArchivePath`]s or the reasons why a text is not one. Does no I/O.

use std::collections::HashMap;
use std::fmt;
use std::path::{Component, Path};
use std::str::FromStr;

use unicode_normalization::UnicodeNormalization as _;

use crate::error::Problem;
use crate::text::escape::is_deceptive;

/// A path inside a wheel that every system can unpack to the place it names.
///
/// Relative, with forward slashes, without `.` or `..`, control characters, backslashes, colons
/// (drives and streams on Windows) and names that Windows reserves or changes.
///
/// Ex) `hello/__init__.py`
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArchivePath(String);

impl ArchivePath {
    /// The path, with forward slashes.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a text is a relative path with forward slashes that never leads up: no `..`, drive or root.
pub(crate) fn is_plain_relative(path: &str) -> bool {
    let mut parts = Path::new(path).components().peekable();
    parts.peek().is_some()
        && !path.contains(['\\', ':'])
        && !path.chars().any(char::is_control)
        && parts.all(|part| matches!(part, Component::Normal(_)))
}

/// What systems that ignore case (Windows, macOS) or Unicode composition (macOS) make of a path:
/// composed, without case. Uppercase first, so that letters with several lowercase forms agree.
fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let composed: String = text.nfc().collect();
    let folded = composed.to_uppercase().to_lowercase();
    // Letters that did not compose in one case may compose in another.
    folded.nfc().collect()
}

impl fmt::Display for ArchivePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ArchivePath {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match PathFault::of(text) {
            None => Ok(Self(text.to_owned())),
            // `escape_debug`: a control character must not reach the terminal.
            Some(fault) => Err(Problem::new(format!(
                "`{}` cannot be a path in a wheel or sdist: {fault}",
                text.escape_debug()
            ))
            .hint("rename the file, or leave it out: exclude in [tool.pyz3-wheel]")),
        }
    }
}

/// Why a path cannot be unpacked on every system to the place that it names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PathFault {
    #[error("it is empty")]
    Empty,
    #[error("it has more than {LONGEST_PATH} bytes")]
    TooLong,
    #[error("it is below more than {DEEPEST} folders")]
    TooDeep,
    #[error("it is absolute")]
    Absolute,
    #[error("it has a part of more than {LONGEST_NAME} bytes")]
    LongName,
    #[error("it has the character U+{:04X}, which is invisible", u32::from(*.0))]
    Invisible(char),
    #[error("it has a `{0}`")]
    Character(char),
    #[error("it has an empty part")]
    EmptyPart,
    #[error("it has the part `{0}`")]
    Dots(String),
    #[error("Windows drops the dot or space at the end of `{0}`")]
    Dropped(String),
    #[error("Windows reserves the name `{0}`")]
    Reserved(String),
}

impl PathFault {
    pub(crate) fn of(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::Empty);
        }
        if text.len() > LONGEST_PATH {
            return Some(Self::TooLong);
        }
        if text.starts_with('/') {
            return Some(Self::Absolute);
        }
        if let Some(invisible) = text.chars().find(|c| is_invisible(*c)) {
            return Some(Self::Invisible(invisible));
        }
        if let Some(wrong) = text.chars().find(|c| matches!(c, '\\' | ':')) {
            return Some(Self::Character(wrong));
        }
        text.split('/')
            .find_map(|part| match part {
                "" => Some(Self::EmptyPart),
                "." | ".." => Some(Self::Dots(part.to_owned())),
                _ if part.ends_with(['.', ' ']) => Some(Self::Dropped(part.to_owned())),
                _ if is_reserved(part) => Some(Self::Reserved(part.to_owned())),
                _ if part.len() > LONGEST_NAME => Some(Self::LongName),
                _ => None,
            })
            .or_else(|| is_too_deep(text).then_some(Self::TooDeep))
    }
}

/// The longest name of a file, in bytes, that the file systems of all platforms allow.
pub(crate) const LONGEST_NAME: usize = 255;

/// The longest path, in bytes. Linux allows 4,096 bytes, including the path of the environment.
const LONGEST_PATH: usize = 4000;
/// The largest number of folders that a file may be in. Installers allow more, but no package has as many.
const DEEPEST: usize = 100;

/// Whether a character cannot be seen, so that a path looks like another one: a control or format character,
/// or one for private use. uv refuses all of them but the separators of lines.
fn is_invisible(c: char) -> bool {
    let is_private = matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..);
    let is_joiner = matches!(c, '\u{200c}' | '\u{200d}' | '\u{fff9}'..='\u{fffb}');
    c.is_control() || is_deceptive(c) || is_private || is_joiner
}

fn is_too_deep(path: &str) -> bool {
    path.bytes().filter(|byte| *byte == b'/').count() > DEEPEST
}

/// Device names, which Windows finds in every folder and under every ending.
///
/// Source: Microsoft, "Naming Files, Paths, and Namespaces".
fn is_reserved(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or_default();
    let stem = stem.trim_end_matches(' ').to_ascii_uppercase();
    if matches!(
        stem.as_str(),
        "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$"
    ) {
        return true;
    }
    let number = stem
        .strip_prefix("COM")
        .or_else(|| stem.strip_prefix("LPT"));
    number.is_some_and(|number| {
        let mut chars = number.chars();
        let digit = chars.next();
        digit.is_some_and(|c| matches!(c, '1'..='9' | '¹' | '²' | '³')) && chars.next().is_none()
    })
}

/// Everything that prevents these paths from being unpacked to their places on every system. Each path
/// comes with the file that it is packed from, if there is one, so that a message can name it.
pub(crate) fn problems<'a>(
    files: impl Iterator<Item = (&'a str, Option<&'a Path>)> + Clone,
) -> Vec<Problem> {
    let faults = files.clone().filter_map(|(path, source)| {
        let fault = path.parse::<ArchivePath>().err()?;
        Some(match source {
            Some(source) => fault.at(source.display()),
            None => fault,
        })
    });
    let collisions = collisions(files.map(|(path, _)| path));
    faults
        .chain(collisions.into_iter().map(Problem::from))
        .collect()
}

/// Two paths that cannot both be unpacked on every system.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Collision {
    /// The same path twice.
    #[error("`{0}` would be in the wheel twice")]
    Twice(String),
    /// Paths that differ in case or Unicode composition only.
    #[error("`{0}` and `{1}` differ only in {2}: on Windows or macOS they are one file")]
    SameFile(String, String, &'static str),
    /// A file where another path needs a folder.
    #[error("`{0}` would be both a file and the folder of `{1}`")]
    FileAndFolder(String, String),
}

impl From<Collision> for Problem {
    fn from(collision: Collision) -> Self {
        Self::new(collision.to_string()).hint(match collision {
            Collision::Twice(_) => {
                "leave one of the two files out, or let build.zig install it under another name"
            }
            _ => "rename one of them, or leave it out of the wheel",
        })
    }
}

/// Every pair of paths that cannot both be unpacked on every system.
pub(crate) fn collisions<'a>(paths: impl Iterator<Item = &'a str>) -> Vec<Collision> {
    let mut found = Vec::new();
    let mut files: HashMap<String, &str> = HashMap::new();
    let mut all = Vec::new();
    for path in paths.filter(|path| path.len() <= LONGEST_PATH && !is_too_deep(path)) {
        let folded = fold(path);
        match files.get(&folded) {
            Some(first) => found.push(same_file(first, path)),
            None => {
                files.insert(folded.clone(), path);
            }
        }
        all.push((folded, path));
    }
    for (folded, path) in all {
        // The first folder is enough: nothing below it can be unpacked either.
        let mut folders = folded.match_indices('/').map(|(at, _)| &folded[..at]);
        if let Some(file) = folders.find_map(|folder| files.get(folder)) {
            let (file, path) = ((*file).to_owned(), path.to_owned());
            found.push(Collision::FileAndFolder(file, path));
        }
    }
    found
}

fn same_file(first: &str, second: &str) -> Collision {
    if first == second {
        return Collision::Twice(first.to_owned());
    }
    let how = if first.to_lowercase() == second.to_lowercase() {
        "case"
    } else {
        "case or Unicode form"
    };
    Collision::SameFile(first.to_owned(), second.to_owned(), how)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> ArchivePath {
        text.parse().unwrap()
    }

    #[test]
    fn what_every_system_can_unpack_is_a_path() {
        for text in [
            "a",
            "hello/__init__.py",
            "hello/.hidden",
            "hello/a, \"b\".txt",
            "hello/ünï.py",
            "hello/console.py",
            "hello/com10.txt",
            "hello/com.py",
            "..a/b..c",
        ] {
            assert_eq!(path(text).to_string(), text);
        }
    }

    #[test]
    fn what_some_system_would_put_elsewhere_is_refused() {
        for text in [
            "",
            "/a",
            "a//b",
            "a/",
            "./a",
            "a/../b",
            "..",
            "a\\b",
            "C:/a",
            "a:b",
            "a\nb",
            "a\0b",
            "a\u{85}b",
            "a\u{202e}b",
            "a\u{2067}b",
            "a\u{2028}b",
            "a\u{200b}b",
            "a\u{200d}b",
            "a\u{ad}b",
            "a\u{feff}b",
            "a\u{e000}b",
            "nul",
            "a/NUL.txt",
            "a/con.tar.gz",
            "Aux /b",
            "com1",
            "lpt9.py",
            "COM¹",
            "a./b",
            "a /b",
            "CONIN$",
        ] {
            assert!(text.parse::<ArchivePath>().is_err(), "{text:?}");
        }
        let long = |length: usize| format!("a/{}.py", "b".repeat(length - 3));
        assert_eq!(path(&long(255)).to_string(), long(255));
        assert!(long(256).parse::<ArchivePath>().is_err());
        let problem = "a\u{1b}[31m".parse::<ArchivePath>().unwrap_err();
        assert!(!problem.message.contains('\u{1b}'));
    }

    #[test]
    fn all_collisions_are_named_at_once() {
        let paths = [
            "a.py", "a.py", "B.py", "b.py", "straße", "STRASSE", "é", "e\u{301}", "x", "X/y/z",
            "other",
        ];
        let messages: Vec<_> = collisions(paths.into_iter())
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            messages,
            [
                "`a.py` would be in the wheel twice",
                "`B.py` and `b.py` differ only in case: on Windows or macOS they are one file",
                "`straße` and `STRASSE` differ only in case or Unicode form: on Windows or \
                 macOS they are one file",
                "`é` and `e\u{301}` differ only in case or Unicode form: on Windows or macOS they \
                 are one file",
                "`x` would be both a file and the folder of `X/y/z`",
            ]
        );
    }
}
