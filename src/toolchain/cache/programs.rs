//! Recognizes what other programs keep in the cache by the names that these programs use.

use std::path::Path;

use super::kinds::is_digest;
use super::manifest;
use crate::sys::cachedir::cachedir_tag;
use crate::sys::owned::{self, Kind};

/// Larger than the files of uv that are read here, in bytes.
const LIMIT: u64 = 1000;

/// Whether Zig has put an item into its cache: below the directories that it sorts its items into,
/// everything that is named by a hash.
pub(crate) fn is_of_zig(below: &Path, kind: Kind) -> bool {
    const DIRECTORIES: [&str; 9] = ["b", "c", "f", "h", "o", "p", "tmp", "v", "z"];
    let Some(name) = manifest::name_of(below) else {
        // Only a build script gives such names, to files that it has Zig write.
        return below.components().count() > 2;
    };
    let mut parts: Vec<_> = name.split('/').collect();
    // One cache for each set of environment variables.
    let of_variables = |part: &&str| {
        let digest = part.strip_prefix("variables-");
        digest.is_some_and(|digest| is_digest(digest, 16))
    };
    if parts.first().is_some_and(of_variables) {
        parts.remove(0);
        if parts.is_empty() {
            return kind == Kind::Directory;
        }
    }
    match *parts {
        [directory] => kind == Kind::Directory && DIRECTORIES.contains(&directory),
        [directory, item] => DIRECTORIES.contains(&directory) && is_item_of_zig(directory, item),
        [directory, item, ..] => {
            DIRECTORIES.contains(&directory) && is_item_of_zig(directory, item)
        }
        [] => true,
    }
}

fn is_item_of_zig(directory: &str, item: &str) -> bool {
    match directory {
        "h" => {
            item == "timestamp"
                || item
                    .strip_suffix(".txt")
                    .is_some_and(|item| is_digest(item, 32))
        }
        "p" => is_package(item.strip_suffix(".tar.gz").unwrap_or(item)),
        // Random numbers without leading zeros, alone or before the name of a file.
        "tmp" => {
            let number = item.split(['-', '.']).next().unwrap_or_default();
            number.len() >= 8 && is_digest(number, number.len())
        }
        _ => is_digest(item, 32),
    }
}

/// Whether this is the hash of a Zig package, in the format before 0.14 or the one since.
fn is_package(name: &str) -> bool {
    const HASH: usize = 44;
    let old = name.starts_with("1220") && is_digest(name, 68);
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let split = name.len().checked_sub(HASH + 1);
    let new = split.is_some_and(|split| {
        let (name, hash) = (&name.as_bytes()[..split], &name.as_bytes()[split..]);
        !name.is_empty() && hash[0] == b'-' && hash[1..].iter().all(|byte| is_plain(*byte))
    });
    old || new
}

/// Whether uv has put an item into its cache, the folder `cache`: everything in its versioned buckets, and
/// the files that mark the folder.
pub(super) fn is_of_uv(cache: &Path, below: &Path, kind: Kind) -> bool {
    const BUCKETS: [&str; 15] = [
        "archive",
        "binaries",
        "builds",
        "built-wheels",
        "environments",
        "flat-index",
        "git",
        "installed-wheels",
        "interpreter",
        "metadata",
        "python",
        "sdists",
        "simple",
        "source-dists",
        "wheels",
    ];
    let mut parts = below.components();
    let first = parts.next().map(|part| part.as_os_str().to_string_lossy());
    let Some(first) = first else {
        return true;
    };
    let is_version =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let bucket = first.rsplit_once("-v");
    let in_bucket =
        bucket.is_some_and(|(name, version)| BUCKETS.contains(&name) && is_version(version));
    in_bucket || (kind == Kind::File && parts.next().is_none() && is_mark_of_uv(&cache.join(below)))
}

/// Whether a file is one that uv puts into each folder of its own, with the content that uv gives it.
fn is_mark_of_uv(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let is_content: fn(&[u8]) -> bool = match &*name {
        ".lock" => <[u8]>::is_empty,
        ".gitignore" => |text| text.trim_ascii() == b"*",
        "CACHEDIR.TAG" => |text| text.starts_with(cachedir_tag!("").as_bytes()),
        _ => return false,
    };
    owned::read_file(path, LIMIT).is_some_and(|text| is_content(&text))
}

/// Whether uv has put an item beside the Pythons that it installs: its lock, and short names for Pythons.
pub(super) fn is_beside_pythons(path: &Path, kind: Kind) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    match kind {
        Kind::File => name != "CACHEDIR.TAG" && is_mark_of_uv(path),
        Kind::Link => {
            name.starts_with("cpython-")
                && std::fs::read_link(path).is_ok_and(|target| {
                    let target = target.file_name().unwrap_or_default().to_string_lossy();
                    target.starts_with("cpython-")
                })
        }
        Kind::Directory => name == ".temp",
        Kind::Other => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_zig_gives_are_of_zig() {
        let hash = "0123456789abcdef0123456789abcdef";
        let package = "leaf-1.2.3-BwAAAC0BAAA5xX_gjcVN7eo_S-Yb4dcLq2srg4WjwEuB";
        let is_of_zig = |name: String| {
            let kind = if name.rsplit_once(".txt").is_some() {
                Kind::File
            } else {
                Kind::Directory
            };
            super::is_of_zig(Path::new(&name), kind)
        };
        for name in [
            "o".to_owned(),
            format!("o/{hash}"),
            format!("o/{hash}/any/file.txt"),
            format!("z/{hash}"),
            format!("h/{hash}.txt"),
            format!("p/{package}/src"),
            format!("p/1220{hash}{hash}"),
            "tmp/8c1b2d3e4f5a6b7c-hello.o".to_owned(),
            "variables-0123456789abcdef".to_owned(),
            format!("variables-0123456789abcdef/o/{hash}/file"),
        ] {
            assert!(is_of_zig(name.clone()), "{name}");
        }
        for name in [
            "mine".to_owned(),
            "o/mine.txt".to_owned(),
            "o/mine/file".to_owned(),
            format!("h/{hash}"),
            "p/mine".to_owned(),
            "tmp/mine".to_owned(),
            format!("variables-0123456789abcdef/{hash}"),
            format!("x/o/{hash}"),
        ] {
            assert!(!is_of_zig(name.clone()), "{name}");
        }
        // The directories that Zig sorts its items into are not links.
        assert!(!super::is_of_zig(Path::new("o"), Kind::Link));
    }
}
