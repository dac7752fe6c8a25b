//! Paths of the machine that a binary was built on.
//!
//! Takes bytes, gives the first path below somebody's home folder that names a source file: what
//! `assert`, panics and debugging information leave behind.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

/// Folders that hold people's files.
const HOMES: [&str; 4] = ["/home/", "/Users/", "/root/", ":\\Users\\"];
/// How the names of source files end.
const SOURCES: [&str; 10] = [
    ".zig", ".c", ".h", ".cc", ".cpp", ".hpp", ".cxx", ".rs", ".pyx", ".go",
];
/// Longer than any path that is looked for, in bytes.
const LONGEST: usize = 512;

/// One pass for all of them. Such a small automaton can always be built.
static FINDER: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(HOMES).ok());

pub(super) fn find(bytes: &[u8]) -> Option<String> {
    let mut found = FINDER.as_ref()?.find_iter(bytes);
    found.find_map(|home| source_path(bytes, home.start(), home.len()))
}

/// The whole path around a home folder, if it is absolute and one of a source file.
fn source_path(bytes: &[u8], at: usize, length: usize) -> Option<String> {
    let windows = bytes[at] == b':';
    let begin = at.checked_sub(usize::from(windows))?;
    if windows && !bytes[begin].is_ascii_alphabetic() {
        return None;
    }
    // In the middle of a longer word it is some other path's part.
    let before = begin.checked_sub(1).map(|index| bytes[index]);
    if before.is_some_and(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)) {
        return None;
    }
    let rest = &bytes[begin..bytes.len().min(begin + LONGEST)];
    let end = rest
        .iter()
        .position(|byte| !byte.is_ascii_graphic() || b"\"'<>|*?".contains(byte))
        .unwrap_or(rest.len());
    let path = std::str::from_utf8(&rest[..end]).ok()?;
    // Strings of some languages end without a zero; a line number begins with a colon.
    let drive = if windows { 2 } else { 0 };
    let path = match path.get(drive..)?.split_once(':') {
        Some((before, _)) => &path[..drive + before.len()],
        None => path,
    };
    let below = path.get(length + usize::from(windows)..)?;
    let deep = below.contains(['/', '\\']);
    (deep && SOURCES.iter().any(|ending| path.ends_with(ending))).then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_below_a_home_folder_are_found() {
        let find = |text: &str| find(text.as_bytes());
        for path in [
            "/home/ada/hello/src/native.zig",
            "/Users/ada/x.c",
            "/root/.cache/zig/o/1/cimport.h",
            "C:\\Users\\ada\\hello\\native.c",
        ] {
            let found = find(&format!("\0\0assertion failed: {path}\0more"));
            assert_eq!(found.as_deref(), Some(path));
        }
        for other in [
            "\0/home/ada\0",
            "\0/home/ada/.config\0",
            "/srv/home/ada/x.c",
            "https://example.org/home/ada/x.c",
            "/Users/",
            "",
        ] {
            assert_eq!(find(other), None, "{other}");
        }
    }
}
