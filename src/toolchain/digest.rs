//! The digests that entries of the cache are named by.

use std::path::PathBuf;

/// The first 16 hexadecimal digits of the SHA-256: enough to tell the entries of a cache apart.
pub(super) fn digest(bytes: &[u8]) -> String {
    use sha2::Digest;
    hex::encode(&sha2::Sha256::digest(bytes)[..8])
}

/// The digest of a set of headers: their names and contents.
pub(super) fn headers_digest(files: &[(PathBuf, Vec<u8>)]) -> String {
    let mut bytes = Vec::new();
    for (name, contents) in files {
        // Lengths keep the boundaries: no two lists have the same bytes.
        let name = name.to_string_lossy().replace('\\', "/");
        bytes.extend(format!("{} {} {name}\n", name.len(), contents.len()).bytes());
        bytes.extend(contents);
    }
    digest(&bytes)
}
