//! Paths as text, and what text alone tells about paths.
//!
//! JSON is Unicode, but a path need not be: U+FFFD replaces what is not Unicode.

use std::borrow::Cow;
use std::path::{Component, Path, PathBuf};

use serde::{Serialize as _, Serializer};

/// The text of a path; U+FFFD replaces what is not Unicode.
pub(crate) fn lossy(path: &Path) -> Cow<'_, str> {
    path.to_string_lossy()
}

/// Serializes a path as [`lossy`] gives it. Serde's own way is an error for a path that is not Unicode.
pub(crate) fn serialize<P: AsRef<Path>, S: Serializer>(
    path: &P,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&lossy(path.as_ref()))
}

/// Serializes a path that may be absent.
#[expect(clippy::ref_option, reason = "serde passes a reference to the field")]
pub(crate) fn serialize_optional<S: Serializer>(
    path: &Option<PathBuf>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    path.as_deref().map(lossy).serialize(serializer)
}

/// The text of a path, with `/` on every system.
pub(crate) fn slashed(path: &Path) -> String {
    let path: PathBuf = path.components().collect();
    if cfg!(windows) {
        path.to_string_lossy().replace('\\', "/")
    } else {
        lossy(&path).into_owned()
    }
}

/// A path with `/` in a folder; either may be empty.
pub(crate) fn below(folder: &str, name: &str) -> String {
    match (folder, name) {
        ("", name) => name.to_owned(),
        (folder, "") => folder.to_owned(),
        (folder, name) => format!("{folder}/{name}"),
    }
}

/// The path without `.` and `..`. It is changed as text, as Zig does it: links are not followed.
pub(crate) fn normalized(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                normal.pop();
            }
            part => normal.push(part),
        }
    }
    normal
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::ffi::OsStrExt as _;

    use super::*;

    #[derive(serde::Serialize)]
    struct Document<'a> {
        #[serde(serialize_with = "serialize")]
        path: &'a Path,
    }

    #[test]
    fn what_is_not_unicode_is_replaced() {
        let path = Path::new(std::ffi::OsStr::from_bytes(b"a/\xff/b"));
        let document = serde_json::to_string(&Document { path }).unwrap();
        assert_eq!(document, "{\"path\":\"a/\u{fffd}/b\"}");
    }
}

#[cfg(test)]
mod text_tests {
    use super::*;

    #[test]
    fn paths_are_joined_and_normalized_as_text() {
        assert_eq!(below("", "b"), "b");
        assert_eq!(below("a", ""), "a");
        assert_eq!(below("a", "b/c"), "a/b/c");
        assert_eq!(normalized(Path::new("./a/../b/./c")), Path::new("b/c"));
        assert_eq!(normalized(Path::new("/a/../../b")), Path::new("/b"));
        assert_eq!(slashed(&Path::new("a").join("b").join("c")), "a/b/c");
        assert_eq!(slashed(Path::new("/a//b/")), "/a/b");
    }
}
