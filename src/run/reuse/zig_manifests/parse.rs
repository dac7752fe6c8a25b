//! The two formats of Zig's cache manifests.
//!
//! Source: `std/Build/Cache.zig` of Zig 0.14.1 to 0.17.1.

use std::path::Path;

use memchr::{memchr, memmem, memrchr};

/// What paths are relative to. The other prefixes stand for Zig's library and caches, whose content
/// follows from the version of Zig and from other inputs. (Up to Zig 0.16 the build runner has the build
/// root in the place of the library; all files of the build root are inputs anyhow.)
pub(super) const WORKING_DIRECTORY: u8 = 0;
pub(super) const BUILD_ROOT: u8 = 4;

/// The first line of a manifest up to Zig 0.16.
const HEADER: &[u8] = b"0";

/// The bytes of an entry before its path, since Zig 0.17: size, inode, time of change (8 each), digest
/// (16), flags. The upper six bits of the flags are the prefix.
const BINARY_HEAD: usize = 41;
const MODIFIED: usize = 16;
pub(super) const DIGEST: std::ops::Range<usize> = 24..40;

/// An entry as it stands in a manifest.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) size: u64,
    /// Nanoseconds since 1970.
    pub(super) modified: i64,
    pub(super) digest: Vec<u8>,
    pub(super) prefix: u8,
    pub(super) path: String,
}

/// Reads a manifest: text up to Zig 0.16, then binary. `None` if it is damaged.
pub(super) fn parse(path: &Path, bytes: &[u8]) -> Option<Vec<Named>> {
    if path.extension().is_some() {
        parse_text(bytes)
    } else {
        parse_binary(bytes)
    }
}

/// A header line, then a line for each file: size, inode, time of change, digest, prefix, path.
fn parse_text(bytes: &[u8]) -> Option<Vec<Named>> {
    // Of a thousand lines all but a few name files of Zig's own library, so the others are searched for.
    const PREFIX: &[u8] = b" 0 ";
    debug_assert_eq!(WORKING_DIRECTORY, 0);
    let mut rest = bytes.strip_prefix(HEADER)?.strip_prefix(b"\n")?;
    let mut named = Vec::new();
    while let Some(at) = memmem::find(rest, PREFIX) {
        let begin = memrchr(b'\n', &rest[..at]).map_or(0, |newline| newline + 1);
        let end = memchr(b'\n', &rest[at..]).map_or(rest.len(), |newline| at + newline);
        let mut parts = rest[begin..end].splitn(6, |byte| *byte == b' ');
        let size = parts.next()?;
        let modified = parts.nth(1)?;
        let digest = parts.next()?;
        let prefix = number(parts.next()?)?;
        if prefix == WORKING_DIRECTORY {
            named.push(Named {
                size: number(size)?,
                modified: number(modified)?,
                digest: digest.to_owned(),
                prefix,
                path: String::from_utf8_lossy(parts.next()?).into_owned(),
            });
        }
        rest = &rest[end..];
    }
    Some(named)
}

fn number<N: std::str::FromStr>(digits: &[u8]) -> Option<N> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// Entries without separators, each path ended by a zero byte; one more zero byte at the end.
fn parse_binary(bytes: &[u8]) -> Option<Vec<Named>> {
    let mut rest = bytes;
    let mut named = Vec::new();
    while rest.len() > 1 {
        let (head, tail) = rest.split_at_checked(BINARY_HEAD)?;
        let prefix = head.last()? >> 2;
        let end = tail.iter().position(|byte| *byte == 0)?;
        if matches!(prefix, WORKING_DIRECTORY | BUILD_ROOT) {
            named.push(Named {
                size: u64::from_le_bytes(*head.first_chunk()?),
                modified: i64::from_le_bytes(*head[MODIFIED..].first_chunk()?),
                digest: head[DIGEST].to_owned(),
                prefix,
                path: String::from_utf8_lossy(&tail[..end]).into_owned(),
            });
        }
        rest = &tail[end + 1..];
    }
    (rest == [0]).then_some(named)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{binary, text};
    use super::*;

    #[test]
    fn both_formats_are_read() {
        let files = [
            (0, "/a b/x.h"),
            (1, "std/std.zig"),
            (0, "src/x.zig"),
            (3, "b/1/builtin.zig"),
        ];
        for named in [parse_text(&text(&files)), parse_binary(&binary(&files))] {
            let named = named.unwrap();
            let named: Vec<_> = named
                .iter()
                .map(|file| (file.prefix, &*file.path))
                .collect();
            assert_eq!(named, [(0, "/a b/x.h"), (0, "src/x.zig")]);
        }
        assert_eq!(parse_binary(&binary(&[])), Some(Vec::new()));
        assert_eq!(parse_text(b""), None);
        assert_eq!(parse_text(b"1\n"), None);
        assert_eq!(parse_text(b"0\n"), Some(Vec::new()));
        assert_eq!(parse_text(b"0\nx 0 y\n"), None);
        let bytes = binary(&files);
        for end in (0..bytes.len()).filter(|end| bytes[..*end].last() != Some(&0)) {
            assert_eq!(parse_binary(&bytes[..end]), None, "{end}");
        }
    }
}
