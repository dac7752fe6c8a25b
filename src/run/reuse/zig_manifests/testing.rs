//! Manifests for tests.

use super::parse::DIGEST;

const DIGEST_OF_NOTHING: &str = "de37c2b57d100b2f5ae280f608ac49e2";

/// A manifest as text, of files with their prefixes.
pub(super) fn text(files: &[(u8, &str)]) -> Vec<u8> {
    let lines = files.iter().map(|(prefix, path)| {
        format!("0 10 1795897111397216097 {DIGEST_OF_NOTHING} {prefix} {path}\n")
    });
    format!("0\n{}", lines.collect::<String>()).into_bytes()
}

/// A binary manifest, of files with their prefixes.
pub(super) fn binary(files: &[(u8, &str)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (prefix, path) in files {
        bytes.extend([0; DIGEST.start]);
        bytes.extend([1; DIGEST.end - DIGEST.start]);
        bytes.push(prefix << 2);
        bytes.extend(path.as_bytes());
        bytes.push(0);
    }
    bytes.push(0);
    bytes
}
