//! Computes the SHA-384 and SHA-512 hashes of files. Hardly any wheel has them in RECORD.

use std::collections::{BTreeMap, HashMap};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use memchr::memmem;
use rawzip::ReaderAt;
use sha2::{Digest, Sha384, Sha512};

use crate::audit::container::archive::{Archive, Entry};
use crate::audit::container::inflate::Unpacker;
use crate::wheel::record::parse as parse_record;

/// Unpacks the files for which RECORD has a stronger hash than SHA-256; gives the hashes by path.
pub(super) fn strong_hashes<R: ReaderAt>(
    record: &[u8],
    archive: &Archive<R>,
    unpacker: &mut Unpacker,
) -> BTreeMap<String, String> {
    let has = |algorithm: &str| memmem::find(record, algorithm.as_bytes()).is_some();
    if !(has("sha384=") || has("sha512=")) {
        return BTreeMap::new();
    }
    let rows = parse_record(record).unwrap_or_default();
    let hashes = rows
        .iter()
        .map(|row| (row.path.as_str(), row.hash.as_str()));
    let hashes: HashMap<_, _> = hashes.collect();
    let found = archive.entries.iter().filter_map(|entry| {
        let (algorithm, _) = hashes.get(entry.name.as_str())?.split_once('=')?;
        let hash = match algorithm {
            "sha384" => digest::<Sha384, R>(algorithm, archive, entry, unpacker),
            "sha512" => digest::<Sha512, R>(algorithm, archive, entry, unpacker),
            _ => None,
        };
        Some((entry.name.clone(), hash?))
    });
    found.collect()
}

/// The hash of a file as RECORD has it, by an algorithm of this name.
fn digest<D: Digest, R: ReaderAt>(
    name: &str,
    archive: &Archive<R>,
    entry: &Entry,
    unpacker: &mut Unpacker,
) -> Option<String> {
    let mut hasher = D::new();
    let read = archive.read(entry, unpacker, |piece| hasher.update(piece));
    let digest = URL_SAFE_NO_PAD.encode(hasher.finalize());
    matches!(read, Ok(true)).then(|| format!("{name}={digest}"))
}
