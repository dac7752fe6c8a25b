//! Whether a file is one that an archive can hold.

use std::io::ErrorKind;
use std::path::Path;

use walkdir::DirEntry;

use crate::error::Problem;
use crate::project::{checkout, walk};

/// What keeps an entry out of an archive.
pub(super) enum Fault {
    /// It is nothing that anybody could want to pack.
    Skip(&'static str),
    /// An archive without it may lack something.
    Refuse(Problem),
}

/// Whether an entry is something that an archive can hold. Links may lead to what lies in `boundary`.
pub(super) fn check(entry: &DirEntry, boundary: &Path) -> Result<(), Fault> {
    let kind = entry.file_type();
    if !kind.is_file() && !kind.is_dir() {
        return Err(Fault::Skip("neither a file nor a folder"));
    }
    check_name(entry).map_err(Fault::Refuse)?;
    if entry.path_is_symlink() {
        check_link(entry.path(), boundary).map_err(Fault::Refuse)?;
    }
    Ok(())
}

/// A link must stay inside the repository, must not lead into git's own files, and must not lead to a
/// folder that it lies in.
fn check_link(path: &Path, boundary: &Path) -> Result<(), Problem> {
    let real = |path: &Path| {
        walk::canonical(path)
            .map_err(|error| Problem::new(error.to_string()).hint("remove the link"))
    };
    let target = real(path)?;
    if !walk::is_within(&target, boundary) {
        return Err(Problem::new(format!(
            "a link that leads out of {}",
            checkout::name_of(boundary)
        ))
        .at(path.display())
        .hint("put the file itself there, or remove the link or exclude it"));
    }
    if real(path.parent().unwrap_or(path))?.starts_with(&target) {
        return Err(endless(path, &target));
    }
    Ok(())
}

fn check_name(entry: &DirEntry) -> Result<(), Problem> {
    let wrong = |why: &str| {
        Problem::new(format!("a file name {why}"))
            .at(entry.path().to_string_lossy().escape_debug())
            .hint("rename it or exclude it: such names do not work on every system")
    };
    match entry.file_name().to_str() {
        None => Err(wrong("that is not valid Unicode")),
        Some(name) if name.contains(char::is_control) => Err(wrong("with a control character")),
        Some(name) if name.contains('\\') => Err(wrong("with a backslash")),
        Some(_) => Ok(()),
    }
}

/// Why the walk cannot reach an entry.
pub(super) fn unreadable(error: &walkdir::Error) -> Problem {
    let path = error.path().unwrap_or(Path::new(""));
    match (error.loop_ancestor(), error.io_error()) {
        (Some(ancestor), _) => endless(path, ancestor),
        (None, Some(error)) if error.kind() == ErrorKind::NotFound && path.is_symlink() => {
            Problem::new("a link that leads to nothing")
                .at(path.display())
                .hint("correct the link, remove it or exclude it")
        }
        (None, Some(error)) => Problem::new(format!("cannot be read: {error}"))
            .at(path.display())
            .hint("repair it, remove it or exclude it"),
        (None, None) => Problem::new(error.to_string()).hint("repair it or remove it"),
    }
}

fn endless(link: &Path, target: &Path) -> Problem {
    Problem::new(format!(
        "a link back to {}: an endless loop",
        target.display()
    ))
    .at(link.display())
    .hint("remove the link or exclude it")
}
