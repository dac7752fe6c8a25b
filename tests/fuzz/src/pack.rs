//! A zip archive of files that are stored as they are.

/// Stands between the texts of one input.
pub const SEPARATOR: u8 = 0;

/// The archive of these files; its headers are in order.
pub fn pack(files: &[(String, &[u8])]) -> Vec<u8> {
    let mut archive = Vec::new();
    let mut directory = Vec::new();
    for (name, bytes) in files {
        let offset = number(archive.len());
        let mut common = Vec::new();
        // Version, flags, method, time and date: 1980-01-01.
        for short in [20_u16, 0, 0, 0, 0x21] {
            common.extend(short.to_le_bytes());
        }
        for long in [
            crc32fast::hash(bytes),
            number(bytes.len()),
            number(bytes.len()),
        ] {
            common.extend(long.to_le_bytes());
        }
        common.extend((name.len() as u16).to_le_bytes());
        common.extend([0; 2]);

        archive.extend(b"PK\x03\x04");
        archive.extend(&common);
        archive.extend(name.as_bytes());
        archive.extend(*bytes);

        // Made on Unix; no comment, first disk, no attributes but those of a regular file.
        directory.extend(b"PK\x01\x02\x14\x03");
        directory.extend(&common);
        directory.extend([0; 6]);
        directory.extend((0o100_644_u32 << 16).to_le_bytes());
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let begin = number(archive.len());
    archive.extend(&directory);
    archive.extend(b"PK\x05\x06\0\0\0\0");
    for _ in 0..2 {
        archive.extend((files.len() as u16).to_le_bytes());
    }
    archive.extend(number(directory.len()).to_le_bytes());
    archive.extend(begin.to_le_bytes());
    archive.extend([0; 2]);
    archive
}

fn number(size: usize) -> u32 {
    size.try_into().expect("an input of libFuzzer is small")
}
