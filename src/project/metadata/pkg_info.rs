//! The PKG-INFO of an unpacked sdist as a file: its headers and its body (PEP 643).

use std::path::Path;

use super::text_file::unix_lines;
use crate::metadata::headers::Headers;

/// A PKG-INFO file.
pub(super) struct PkgInfo<'r> {
    /// The folder of the sdist.
    pub(super) root: &'r Path,
    headers: Headers,
    body: String,
}

impl<'r> PkgInfo<'r> {
    pub(super) fn parse(text: &str, root: &'r Path) -> Result<Self, String> {
        let text = unix_lines(text);
        let (headers, body) = Headers::parse(&text)
            .map_err(|error| format!("its headers cannot be read: {error}"))?;
        Ok(Self {
            root,
            headers,
            body: body.to_owned(),
        })
    }

    /// The values of a header; `UNKNOWN` was once written for nothing.
    pub(super) fn all<'s>(&'s self, name: &str) -> impl Iterator<Item = &'s str> {
        let values = self.headers.all(name).iter().map(String::as_str);
        values.filter(|value| *value != "UNKNOWN")
    }

    /// The long description.
    pub(super) fn body(&self) -> &str {
        &self.body
    }

    pub(super) fn first(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }
}
