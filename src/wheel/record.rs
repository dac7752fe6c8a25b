//! RECORD: every file of a wheel with its hash and size.
//!
//! Takes and gives rows; reads and writes no file. Source: the PyPA specification "Recording
//! installed projects", and "Binary distribution format" for the hash.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// One row of RECORD.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// The file's path in the wheel.
    pub(crate) path: String,
    /// Hash and size in bytes; RECORD itself has none.
    pub(crate) content: Option<Content>,
}

/// What a file's bytes are known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Content {
    /// Ex) `sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU`
    pub(crate) hash: String,
    /// In bytes.
    pub(crate) size: u64,
}

/// A row of a RECORD that anyone may have written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    /// The file's path in the wheel.
    pub(crate) path: String,
    /// The algorithm and the digest; empty if the row has none.
    pub(crate) hash: String,
    /// In bytes, if the row has it.
    pub(crate) size: Option<u64>,
}

/// Hashes and counts bytes as they pass.
#[derive(Default)]
pub(crate) struct Meter {
    hasher: Sha256,
    size: u64,
}

impl Meter {
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
        self.size += bytes.len() as u64;
    }

    pub(crate) fn finish(self) -> Content {
        let digest = URL_SAFE_NO_PAD.encode(self.hasher.finalize());
        Content {
            hash: format!("sha256={digest}"),
            size: self.size,
        }
    }
}

/// The text of RECORD.
pub(crate) fn render(rows: &[Row]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::Any(b'\n'))
        .from_writer(Vec::new());
    for row in rows {
        match &row.content {
            Some(content) => {
                let size = content.size.to_string();
                writer.write_record([&row.path, &content.hash, &size])?;
            }
            None => writer.write_record([row.path.as_str(), "", ""])?,
        }
    }
    writer
        .into_inner()
        .map_err(|error| csv::Error::from(error.into_error()))
}

/// More files than any wheel has; what is longer is made to fill memory.
const MOST_ROWS: usize = 250_000;

/// The rows of a RECORD, or what is wrong with its lines.
pub(crate) fn parse(bytes: &[u8]) -> Result<Vec<Listed>, String> {
    // The reader skips both, but pip and `installer` stop at an empty line, and take the mark for a part of the
    // first path.
    if bytes.starts_with(b"\xef\xbb\xbf") {
        return Err("begins with a byte order mark".to_owned());
    }
    if let Some(line) = empty_line(bytes) {
        return Err(format!("line {line} is empty"));
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(bytes);
    let mut rows = Vec::new();
    for record in reader.records() {
        if rows.len() == MOST_ROWS {
            return Err(format!("it has more than {MOST_ROWS} rows"));
        }
        let record = record.map_err(|error| error.to_string())?;
        let line = record.position().map_or(0, csv::Position::line);
        let fields: Vec<_> = record.iter().collect();
        let [path, hash, size] = fields[..] else {
            let count = fields.len();
            return Err(format!("line {line} has {count} fields instead of 3"));
        };
        let wrong_size = |_| format!("line {line}: `{size}` is not a size in bytes");
        let is_given = !size.is_empty();
        rows.push(Listed {
            path: path.to_owned(),
            hash: hash.to_owned(),
            size: is_given
                .then(|| size.parse().map_err(wrong_size))
                .transpose()?,
        });
    }
    Ok(rows)
}

/// The number of the first empty line.
fn empty_line(bytes: &[u8]) -> Option<usize> {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    if bytes.is_empty() {
        return None;
    }
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let empty = lines.position(|line| matches!(line, b"" | b"\r"))?;
    Some(empty + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(path: &str, bytes: &[u8]) -> Row {
        let mut meter = Meter::default();
        meter.update(bytes);
        Row {
            path: path.to_owned(),
            content: Some(meter.finish()),
        }
    }

    #[test]
    fn names_with_commas_and_quotes_are_quoted() {
        let rows = [
            row("hello/a.py", b""),
            row("hello/b, c.txt", b"abc"),
            row("hello/\"d\".txt", b"abc"),
            Row {
                path: "hello-1.0.dist-info/RECORD".to_owned(),
                content: None,
            },
        ];
        let text = String::from_utf8(render(&rows).unwrap()).unwrap();
        assert_eq!(
            text,
            "hello/a.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n\
             \"hello/b, c.txt\",sha256=ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0,3\n\
             \"hello/\"\"d\"\".txt\",sha256=ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0,3\n\
             hello-1.0.dist-info/RECORD,,\n"
        );
        let listed = parse(text.as_bytes()).unwrap();
        for (row, listed) in rows.iter().zip(listed) {
            let (hash, size) = match &row.content {
                Some(content) => (content.hash.as_str(), Some(content.size)),
                None => ("", None),
            };
            assert_eq!(
                (&listed.path, listed.hash.as_str(), listed.size),
                (&row.path, hash, size)
            );
        }
    }

    #[test]
    fn lines_that_are_no_rows_are_named() {
        assert_eq!(
            parse(b"a,sha256=x,1\nb,\n").unwrap_err(),
            "line 2 has 2 fields instead of 3"
        );
        assert_eq!(
            parse(b"a,sha256=x,many\n").unwrap_err(),
            "line 1: `many` is not a size in bytes"
        );
        assert!(parse(b"a\xff,,\n").is_err());
        assert_eq!(parse(b"a,,\n\nb,,\n").unwrap_err(), "line 2 is empty");
        assert_eq!(parse(b"a,,\r\nb,,\r\n\r\n").unwrap_err(), "line 3 is empty");
        assert!(parse(b"\xef\xbb\xbfa,,\n").is_err());
        assert_eq!(parse(b"a,,\r\nb,,").unwrap().len(), 2);
        assert_eq!(parse(b"").unwrap().len(), 0);
    }
}
