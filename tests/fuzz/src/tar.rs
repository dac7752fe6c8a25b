//! A tar archive of files, and headers with right checksums.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

/// The size of a block, in bytes.
const BLOCK: usize = 512;
/// Where a header has its fields.
const MODE: usize = 100;
const SIZE: usize = 124;
const CHECKSUM: std::ops::Range<usize> = 148..156;
const MAGIC: usize = 257;

/// The archive of these files; its headers are in order.
pub fn tar(files: &[(String, &[u8])]) -> Vec<u8> {
    let mut archive = Vec::new();
    for (name, bytes) in files {
        let mut header = [0; BLOCK];
        // The field for the name has 100 bytes.
        let name = &name.as_bytes()[..name.len().min(MODE)];
        header[..name.len()].copy_from_slice(name);
        header[MODE..MODE + 8].copy_from_slice(b"0000644\0");
        header[SIZE..SIZE + 12].copy_from_slice(format!("{:011o}\0", bytes.len()).as_bytes());
        header[MAGIC..MAGIC + 8].copy_from_slice(b"ustar\x0000");
        archive.extend(header);
        archive.extend(*bytes);
        archive.resize(archive.len().next_multiple_of(BLOCK), 0);
    }
    archive.resize(archive.len() + 2 * BLOCK, 0);
    sign_headers(&mut archive);
    archive
}

/// Corrects the checksum of every header: without that, readers stop at the first header that was changed.
pub fn sign_headers(archive: &mut [u8]) {
    for block in archive.chunks_exact_mut(BLOCK) {
        if block[MAGIC..].starts_with(b"ustar") {
            block[CHECKSUM].fill(b' ');
            let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
            block[CHECKSUM].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        }
    }
}

/// The bytes as gzip without compression, which is fast and leaves an input as long as it was.
pub fn compress(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::none());
    encoder.write_all(bytes).expect("a Vec takes all bytes");
    encoder.finish().expect("a Vec takes all bytes")
}
