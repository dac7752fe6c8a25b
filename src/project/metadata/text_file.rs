//! Files of the project whose text goes into the metadata.

use std::io::Read as _;
use std::path::Path;

use crate::error::Problem;
use crate::project::entry::Entry;
use crate::project::{checkout, walk};

/// The text of a file that a key names, relative to the root.
pub(super) fn read_file(
    root: &Path,
    entry: &Entry<'_>,
    problems: &mut Vec<Problem>,
) -> Option<String> {
    let name = entry.line(problems)?;
    let path = Path::new(name);
    if path.is_absolute() || path.has_root() {
        problems.push(
            entry
                .problem(format!("`{name}` is not relative to pyproject.toml"))
                .hint("name a file of the project"),
        );
        return None;
    }
    let path = root.join(name);
    let boundary = checkout::boundary(root);
    if walk::canonical(&path).is_ok_and(|real| !checkout::may_publish(&real, &boundary)) {
        let place = checkout::name_of(&boundary);
        problems.push(
            entry
                .problem(format!(
                    "`{name}` lies outside {place} or may hold credentials"
                ))
                .hint(
                    "copy the file into the project: its text would be published with the metadata",
                ),
        );
        return None;
    }
    match read_text(&path, &boundary) {
        Ok(text) => Some(text),
        Err(message) => {
            problems.push(
                entry
                    .problem(message)
                    .hint("name a text file in UTF-8, relative to pyproject.toml"),
            );
            None
        }
    }
}

/// The text of a regular file in `boundary`, without byte order mark; or why it cannot be read.
pub(super) fn read_text(path: &Path, boundary: &Path) -> Result<String, String> {
    let unreadable =
        |error: std::io::Error| format!("`{}` cannot be read: {error}", path.display());
    // Only regular files: reading a FIFO would block forever.
    let found = std::fs::metadata(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => format!("`{}` does not exist", path.display()),
        _ => unreadable(error),
    })?;
    if !found.is_file() {
        return Err(format!("`{}` is not a file", path.display()));
    }
    let mut bytes = Vec::new();
    checkout::open(path, boundary)
        .and_then(|mut file| file.read_to_end(&mut bytes))
        .map_err(unreadable)?;
    let text =
        String::from_utf8(bytes).map_err(|_| format!("`{}` is not valid UTF-8", path.display()))?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

/// The text with `\n` at the end of every line.
pub(super) fn unix_lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}
