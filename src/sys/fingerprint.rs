//! SHA-256 digests of named contents, of bytes and of files.

use std::io::{self, Read};

use sha2::{Digest as _, Sha256};

/// How many bytes of a file are read at once.
const CHUNK: usize = 256 << 10;

/// The digest of a sequence of contents, each with a name.
///
/// Lengths are part of the digest, so that no two sequences have the same one. If the encoding changes, all
/// digests change, and what caches hold under the old ones is made again.
#[derive(Default)]
pub(crate) struct Fingerprint(Sha256);

impl Fingerprint {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds a content and its name.
    pub(crate) fn add(&mut self, name: &str, content: impl AsRef<[u8]>) {
        let content = content.as_ref();
        let lengths = format!("{} {} {name}\n", name.len(), content.len());
        self.0.update(lengths);
        self.0.update(content);
    }

    /// The digest in 64 lowercase hexadecimal digits.
    pub(crate) fn finish(self) -> String {
        hex::encode(self.0.finalize())
    }

    /// The first 16 hexadecimal digits of the digest, see [`short`].
    pub(crate) fn finish_short(self) -> String {
        hex::encode(&self.0.finalize()[..8])
    }
}

/// The SHA-256 of bytes in 64 lowercase hexadecimal digits.
pub(crate) fn sha256(bytes: impl AsRef<[u8]>) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// The first 16 hexadecimal digits of the SHA-256: enough to tell the entries of a cache apart, and not
/// enough to guess a secret from.
pub(crate) fn short(bytes: impl AsRef<[u8]>) -> String {
    hex::encode(&Sha256::digest(bytes)[..8])
}

/// The number of bytes that a reader gives until it ends, and their SHA-256 in hexadecimal digits.
pub(crate) fn sha256_of_reader(mut reader: impl Read) -> io::Result<(u64, String)> {
    let mut hasher = Sha256::new();
    let mut chunk = vec![0; CHUNK];
    let mut size = 0;
    loop {
        match reader.read(&mut chunk) {
            Ok(0) => return Ok((size, hex::encode(hasher.finalize()))),
            Ok(length) => {
                hasher.update(&chunk[..length]);
                size += length as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boundaries_between_contents_are_part_of_a_fingerprint() {
        let of = |parts: &[(&str, &str)]| {
            let mut fingerprint = Fingerprint::new();
            for (name, content) in parts {
                fingerprint.add(name, content);
            }
            fingerprint.finish()
        };
        let different = [
            of(&[]),
            of(&[("", "")]),
            of(&[("a", "b")]),
            of(&[("ab", "")]),
            of(&[("", "ab")]),
            of(&[("a", "b"), ("c", "d")]),
            of(&[("a", "b1 1 c\nd")]),
            of(&[("c", "d"), ("a", "b")]),
        ];
        for (i, one) in different.iter().enumerate() {
            assert!(!different[i + 1..].contains(one), "{i}");
        }
    }

    #[test]
    fn a_reader_has_the_digest_of_its_bytes() {
        let bytes = vec![7; CHUNK + 1];
        let (size, digest) = sha256_of_reader(&bytes[..]).unwrap();
        assert_eq!((size, digest), (bytes.len() as u64, sha256(&bytes)));
        assert_eq!(short(&bytes), sha256(&bytes)[..16]);
    }
}
