//! Paths inside a wheel: valid everywhere, and no two of them the same file anywhere.
//!
//! Takes text, gives [`ArchivePath`]s or the reasons why not; never looks at a disk.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use icu_normalizer::ComposingNormalizerBorrowed;

use crate::error::Problem;

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

    /// What systems that ignore case (Windows, macOS) or Unicode composition (macOS) make of it.
    fn folded(&self) -> String {
        fold(&self.0)
    }
}

/// Composed, without case. Uppercase first, so that letters with several lowercase forms agree.
fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let nfc = ComposingNormalizerBorrowed::new_nfc();
    let folded = nfc.normalize(text).to_uppercase().to_lowercase();
    // Another case may compose where the first did not.
    nfc.normalize(&folded).into_owned()
}

impl fmt::Display for ArchivePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ArchivePath {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match fault(text) {
            None => Ok(Self(text.to_owned())),
            // `escape_debug`: a control character must not reach the terminal.
            Some(why) => Err(Problem::new(format!(
                "`{}` can't be a path in a wheel: {why}",
                text.escape_debug()
            ))
            .hint("rename the file, or leave it out of the wheel")),
        }
    }
}

fn fault(text: &str) -> Option<String> {
    if text.is_empty() {
        return Some("it is empty".to_owned());
    }
    if text.starts_with('/') {
        return Some("it is absolute".to_owned());
    }
    if text.chars().any(char::is_control) {
        return Some("it has a control character".to_owned());
    }
    if let Some(wrong) = text.chars().find(|c| matches!(c, '\\' | ':')) {
        return Some(format!("it has a `{wrong}`"));
    }
    text.split('/').find_map(|part| match part {
        "" => Some("it has an empty part".to_owned()),
        "." | ".." => Some(format!("it has the part `{part}`")),
        _ if part.ends_with(['.', ' ']) => Some(format!(
            "Windows drops the dot or space at the end of `{part}`"
        )),
        _ if is_reserved(part) => Some(format!("Windows reserves the name `{part}`")),
        _ => None,
    })
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

/// Every pair of paths that can't both be unpacked on every system: the same path twice, paths
/// that differ in case or Unicode composition only, and a file where another path needs a folder.
pub(super) fn collisions<'a>(paths: impl Iterator<Item = &'a ArchivePath>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut files: HashMap<String, &ArchivePath> = HashMap::new();
    let mut all = Vec::new();
    for path in paths {
        let folded = path.folded();
        match files.get(&folded) {
            Some(first) => problems.push(same_file(first, path)),
            None => {
                files.insert(folded.clone(), path);
            }
        }
        all.push((folded, path));
    }
    for (folded, path) in all {
        let folders = folded.match_indices('/').map(|(at, _)| &folded[..at]);
        for file in folders.filter_map(|folder| files.get(folder)) {
            problems.push(
                Problem::new(format!(
                    "`{file}` would be both a file and the folder of `{path}`"
                ))
                .hint("rename one of them, or leave it out of the wheel"),
            );
        }
    }
    problems
}

fn same_file(first: &ArchivePath, second: &ArchivePath) -> Problem {
    if first == second {
        return Problem::new(format!("`{first}` would be in the wheel twice")).hint(
            "leave one of the two files out, or let build.zig install it under another name",
        );
    }
    let how = if first.0.to_lowercase() == second.0.to_lowercase() {
        "case"
    } else {
        "case or Unicode form"
    };
    Problem::new(format!(
        "`{first}` and `{second}` differ only in {how}: on Windows or macOS they are one file"
    ))
    .hint("rename one of them, or leave it out of the wheel")
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
        let problem = "a\u{1b}[31m".parse::<ArchivePath>().unwrap_err();
        assert!(!problem.message.contains('\u{1b}'));
    }

    #[test]
    fn all_collisions_are_named_at_once() {
        let paths = [
            "a.py", "a.py", "B.py", "b.py", "straße", "STRASSE", "é", "e\u{301}", "x", "X/y/z",
            "other",
        ]
        .map(path);
        let messages: Vec<_> = collisions(paths.iter())
            .into_iter()
            .map(|problem| problem.message)
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
