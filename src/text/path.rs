//! Paths as documents have them.
//!
//! JSON is Unicode, but a path need not be: U+FFFD replaces what is not Unicode.

use std::borrow::Cow;
use std::path::Path;

use serde::Serializer;

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
