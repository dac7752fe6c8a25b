//! Apple's code signatures: whether the hashes in one are those of the file.
//!
//! Takes the bytes of a thin Mach-O and those that LC_CODE_SIGNATURE names. Reads the code directory
//! and compares the hash of every page; who signed, and with what, is never looked at. Source:
//! `cs_blobs.h` of Apple's XNU, whose numbers are big-endian.

use std::ops::Range;

use sha2::{Digest, Sha256};

/// What is known of a binary's code signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signature {
    /// There is none.
    None,
    /// There is one, and the hashes of all pages hold; or it has none that we can compute.
    Holds,
    /// Some page has another hash, or the signature cannot be read.
    Broken,
}

/// `CSMAGIC_EMBEDDED_SIGNATURE`
const SUPER_BLOB: u32 = 0xfade_0cc0;
/// `CSMAGIC_CODEDIRECTORY`
const CODE_DIRECTORY: u32 = 0xfade_0c02;
/// `CS_ADHOC`: nobody has signed it
const AD_HOC: u32 = 2;
/// `CS_HASHTYPE_SHA1`, whose place a directory with SHA-256 takes
const SHA1: u8 = 1;
/// `CS_HASHTYPE_SHA256`, and the same cut to 20 bytes
const SHA256: [u8; 2] = [2, 3];

/// The most parts of a signature: five directories, requirements, entitlements, the certificate.
const MOST_BLOBS: usize = 16;
/// The sizes of a page, as powers of two; 0 stands for one page as long as the code.
const PAGES: std::ops::RangeInclusive<u8> = 12..=16;

pub(super) fn verify(file: &[u8], blob: &[u8]) -> Signature {
    let directories = directories(blob);
    match directories {
        Some(directories) if !directories.is_empty() => {
            let holds = directories
                .iter()
                .all(|directory| pages_hold(file, directory).unwrap_or(false));
            if holds {
                Signature::Holds
            } else {
                Signature::Broken
            }
        }
        _ => Signature::Broken,
    }
}

/// Puts the hashes of an edited file into its signature, which `range` of the file is; `None`, with the
/// signature as it was, where it is not an ad-hoc one with SHA-256. Nobody else's signature can be renewed.
pub(crate) fn renew(file: &mut [u8], range: Range<usize>) -> Option<()> {
    let blob = file.get(range.clone())?;
    let [directory] = directories(blob)?[..] else {
        return None;
    };
    let is_ad_hoc = long(directory, 12)? & AD_HOC != 0;
    let pages = Pages::of(directory)?;
    if !is_ad_hoc || pages.kind == SHA1 {
        return None;
    }
    let at = range.start + directory.as_ptr().addr() - blob.as_ptr().addr() + pages.hashes;
    let code = file.get(..pages.limit)?;
    let hashes: Vec<_> = code.chunks(pages.size).map(Sha256::digest).collect();
    if hashes.len() != pages.count || pages.limit > range.start {
        return None;
    }
    let slots = file.get_mut(at..at + pages.count * pages.length)?;
    for (slot, hash) in slots.chunks_mut(pages.length).zip(hashes) {
        slot.copy_from_slice(&hash[..pages.length]);
    }
    Some(())
}

fn long(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(bytes.try_into().ok()?))
}

fn size(bytes: &[u8], at: usize) -> Option<usize> {
    long(bytes, at).and_then(|number| number.try_into().ok())
}

/// Each code directory of a signature.
fn directories(blob: &[u8]) -> Option<Vec<&[u8]>> {
    if long(blob, 0)? != SUPER_BLOB {
        return None;
    }
    let count = size(blob, 8)?;
    if count > MOST_BLOBS {
        return None;
    }
    let mut seen = Vec::new();
    let mut directories = Vec::new();
    for index in 0..count {
        let offset = size(blob, 12 + 8 * index + 4)?;
        let part = blob.get(offset..)?;
        if seen.contains(&offset) {
            return None;
        }
        seen.push(offset);
        if long(part, 0)? == CODE_DIRECTORY {
            directories.push(part.get(..size(part, 4)?)?);
        }
    }
    Some(directories)
}

/// What a directory says of its hashes.
struct Pages {
    /// Where the first hash is in the directory.
    hashes: usize,
    count: usize,
    /// How much of the file is hashed.
    limit: usize,
    /// The length of a hash, and its kind.
    length: usize,
    kind: u8,
    /// The size of a page.
    size: usize,
}

impl Pages {
    /// Reads them; `None` if the directory is damaged.
    fn of(directory: &[u8]) -> Option<Self> {
        let limit = size(directory, 32)?;
        let [length, kind, _, page_bits] = directory.get(36..40)?.try_into().ok()?;
        let pages = Self {
            hashes: size(directory, 16)?,
            count: size(directory, 28)?,
            limit,
            length: usize::from(length),
            kind,
            size: match page_bits {
                0 => limit.max(1),
                bits if PAGES.contains(&bits) => 1 << bits,
                _ if kind == SHA1 => 1,
                _ => return None,
            },
        };
        let known = SHA256.contains(&kind) && (1..=32).contains(&length);
        (kind == SHA1 || known).then_some(pages)
    }
}

/// Whether every page has the hash that the directory says; `None` if it is damaged.
fn pages_hold(file: &[u8], directory: &[u8]) -> Option<bool> {
    let pages = Pages::of(directory)?;
    if pages.kind == SHA1 {
        return Some(true);
    }
    let code = file.get(..pages.limit)?;
    if pages.count != code.len().div_ceil(pages.size) {
        return Some(false);
    }
    let hashes = directory.get(pages.hashes..)?;
    let length = pages.length;
    let holds = code.chunks(pages.size).enumerate().all(|(index, page)| {
        let expected = hashes.get(index * length..(index + 1) * length);
        expected.is_some_and(|expected| Sha256::digest(page)[..length] == *expected)
    });
    Some(holds)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A signature of the file with pages of 4 KiB.
    fn sign(file: &[u8]) -> Vec<u8> {
        let mut directory = Vec::new();
        let count = u32::try_from(file.len().div_ceil(4096)).unwrap();
        let limit = u32::try_from(file.len()).unwrap();
        for number in [
            CODE_DIRECTORY,
            44 + 32 * count,
            0x2_0100,
            0,
            44,
            0,
            0,
            count,
            limit,
        ] {
            directory.extend(number.to_be_bytes());
        }
        directory.extend([32, 2, 0, 12, 0, 0, 0, 0]);
        directory.extend(file.chunks(4096).flat_map(Sha256::digest));
        let mut blob = Vec::new();
        for number in [SUPER_BLOB, 20 + 44 + 32 * count, 1, 0, 20] {
            blob.extend(number.to_be_bytes());
        }
        blob.extend(directory);
        blob
    }

    #[test]
    fn every_page_counts_and_nothing_else() {
        let file: Vec<u8> = (0..9000_u32)
            .map(|number| number.to_le_bytes()[0])
            .collect();
        let blob = sign(&file);
        assert_eq!(verify(&file, &blob), Signature::Holds);
        let longer = [&file[..], b"the signature itself"].concat();
        assert_eq!(verify(&longer, &blob), Signature::Holds);
        for at in (0..file.len()).step_by(100) {
            let mut edited = file.clone();
            edited[at] ^= 1;
            assert_eq!(verify(&edited, &blob), Signature::Broken);
        }
        for end in 0..blob.len() {
            assert_eq!(verify(&file, &blob[..end]), Signature::Broken);
        }
    }

    #[test]
    fn a_signature_that_is_nobodys_is_renewed_after_an_edit() {
        let code: Vec<u8> = (0..9000_u32)
            .map(|number| number.to_le_bytes()[0])
            .collect();
        let blob = sign(&code);
        let mut file = [&code[..], &blob].concat();
        let range = code.len()..file.len();
        file[5000] ^= 1;
        let edited = file.clone();
        // Signed with an identity: it is not ours to renew.
        assert_eq!(renew(&mut file, range.clone()), None);
        assert!(file == edited);
        // The flags of the directory, which is behind the 20 bytes of the index.
        file[code.len() + 20 + 15] |= 2;
        assert_eq!(verify(&file, &file[range.clone()]), Signature::Broken);
        assert_eq!(renew(&mut file, range.clone()), Some(()));
        assert_eq!(verify(&file, &file[range.clone()]), Signature::Holds);
        for end in range.start..range.end {
            assert_eq!(renew(&mut file, range.start..end), None);
        }
    }
}
