//! Apple's ad-hoc signatures: the hash of every page, and nobody's name.
//!
//! Source: `cs_blobs.h` of Apple's XNU, whose numbers are big-endian.

use sha2::{Digest, Sha256};

use super::bytes::Bytes;

const PAGE_BITS: u8 = 12;
/// The blob that holds the others: magic, length, count, and one row of its index.
const SUPER_BLOB: usize = 20;
const DIRECTORY: usize = 88;
const IDENTIFIER: &str = "hello";
const HASH: usize = 32;

/// Where in a signature the hash of the first page is.
pub(super) const FIRST_HASH: usize = SUPER_BLOB + DIRECTORY + IDENTIFIER.len() + 1;

/// How long the signature of a file is that is so long without it.
pub(super) fn size(file: usize) -> usize {
    FIRST_HASH + file.div_ceil(1 << PAGE_BITS) * HASH
}

/// The file and its signature behind it.
pub(super) fn sign(file: &[u8]) -> Vec<u8> {
    let hashes: Vec<_> = file.chunks(1 << PAGE_BITS).map(Sha256::digest).collect();
    let size = size(file.len());
    let mut out = Bytes::big();
    out.u32(0xfade_0cc0_u32)
        .u32(size)
        .u32(1)
        .u32(0)
        .u32(SUPER_BLOB);
    out.u32(0xfade_0c02_u32)
        .u32(size - SUPER_BLOB)
        .u32(0x0002_0400)
        // Ad hoc, and made by a linker.
        .u32(0x0002_0002)
        .u32(FIRST_HASH - SUPER_BLOB)
        .u32(DIRECTORY)
        .u32(0)
        .u32(hashes.len())
        .u32(file.len())
        // SHA-256.
        .raw([32, 2, 0, PAGE_BITS])
        .to(SUPER_BLOB + DIRECTORY);
    out.text(IDENTIFIER);
    for hash in hashes {
        out.raw(hash);
    }
    [file, &out.done()].concat()
}
