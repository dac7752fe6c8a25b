//! The text files of a wheel: fields with values, and the rows of RECORD.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// Lines of `Name: value`.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields(Vec<String>);

impl Fields {
    pub(super) fn new(lines: &[&str]) -> Self {
        Self(lines.iter().map(ToString::to_string).collect())
    }

    pub(super) fn add(mut self, line: &str) -> Self {
        self.0.push(line.to_owned());
        self
    }

    pub(super) fn drop(mut self, name: &str) -> Self {
        self.0.retain(|line| !line.starts_with(&format!("{name}:")));
        self
    }

    /// Replaces what there is of the same name, in its place.
    #[track_caller]
    pub(super) fn set(mut self, line: &str) -> Self {
        let (name, _) = line.split_once(':').unwrap();
        let own = |other: &&mut String| other.starts_with(&format!("{name}:"));
        let mut lines = self.0.iter_mut();
        line.clone_into(lines.find(own).expect(name));
        self
    }

    pub(super) fn text(&self) -> String {
        self.0.join("\n") + "\n"
    }
}

/// A row of RECORD.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) path: String,
    pub(super) hash: String,
    pub(super) size: String,
}

impl Row {
    pub(super) fn new(path: &str, hash: &str, size: &str) -> Self {
        Self {
            path: path.to_owned(),
            hash: hash.to_owned(),
            size: size.to_owned(),
        }
    }

    pub(super) fn of(path: &str, bytes: &[u8]) -> Self {
        Self::new(path, &sha256(bytes), &bytes.len().to_string())
    }
}

#[derive(Debug)]
pub(super) struct Record(pub(super) Vec<Row>);

impl Record {
    #[track_caller]
    pub(super) fn row(&mut self, path: &str) -> &mut Row {
        let mut rows = self.0.iter_mut();
        rows.find(|row| row.path == path).expect(path)
    }

    pub(super) fn text(&self) -> String {
        let quoted = |field: &str| {
            if field.contains([',', '"', '\n']) {
                format!("\"{}\"", field.replace('"', "\"\""))
            } else {
                field.to_owned()
            }
        };
        let row = |row: &Row| format!("{},{},{}\n", quoted(&row.path), row.hash, row.size);
        self.0.iter().map(row).collect()
    }
}

pub(super) fn sha256(bytes: &[u8]) -> String {
    format!("sha256={}", URL_SAFE_NO_PAD.encode(Sha256::digest(bytes)))
}
