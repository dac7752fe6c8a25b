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
pub(crate) fn parse(bytes: &[u8]) -> Result<Vec<Row>, String> {
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
        let content = match fields[..] {
            [_, "", ""] => None,
            [_, hash, size] => Some(Content {
                hash: hash.to_owned(),
                size: size
                    .parse()
                    .map_err(|_| format!("line {line}: `{size}` is not a size in bytes"))?,
            }),
            _ => {
                let count = fields.len();
                return Err(format!("line {line} has {count} fields instead of 3"));
            }
        };
        rows.push(Row {
            path: fields[0].to_owned(),
            content,
        });
    }
    Ok(rows)
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
        assert_eq!(parse(text.as_bytes()).unwrap(), rows);
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
    }
}
