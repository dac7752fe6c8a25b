//! Archives of source distributions that readers refuse or disagree about.

use pyz3_wheel::audit::Code;
use tar::EntryType;

use super::sdist::{compress, with_mode};
use super::sdists::{Case, case, good, member};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = unreadable();
    cases.extend(readable());
    cases
}

fn unreadable() -> Vec<Case> {
    vec![
        case(
            "no gzip",
            Code::NotATar,
            good().edit_bytes(|bytes| *bytes = b"hello".to_vec()),
        ),
        case("nothing", Code::NotATar, good().edit_bytes(Vec::clear)),
        case(
            "gzip without a tar archive",
            Code::NotATar,
            good().edit_tar(|tar| tar.fill(b'x')),
        ),
        case(
            "half of the bytes",
            Code::NotATar,
            good().edit_bytes(|bytes| {
                bytes.truncate(bytes.len() / 2);
            }),
        ),
        case(
            "a checksum that is wrong",
            Code::NotATar,
            good().edit_bytes(|bytes| {
                let at = bytes.len() - 8;
                bytes[at] ^= 1;
            }),
        ),
        case(
            "a header that was changed",
            Code::NotATar,
            good().edit_tar(|tar| tar[0] ^= 1),
        ),
        case(
            "no empty blocks at the end",
            Code::NotATar,
            good().edit_tar(|tar| {
                tar.truncate(tar.len() - 1024);
            }),
        ),
        case(
            "one empty block at the end",
            Code::NotATar,
            good().edit_tar(|tar| {
                tar.truncate(tar.len() - 512);
            }),
        ),
        case(
            "compressed in two parts",
            Code::NotATar,
            good().edit_bytes(|bytes| {
                let mut tar = Vec::new();
                std::io::copy(&mut flate2::read::GzDecoder::new(&bytes[..]), &mut tar).unwrap();
                let (first, second) = tar.split_at(700);
                *bytes = [compress(first), compress(second)].concat();
            }),
        ),
        case(
            "a value of several lines",
            Code::NotATar,
            good().member("hello-1.0/x", EntryType::Regular, |member| {
                member.pax = vec![("SCHILY.xattr.user.x", b"two\nlines".to_vec())];
            }),
        ),
        case(
            "a mode that is not a number",
            Code::NotATar,
            good().edit_tar(|tar| with_mode(tar, *b"banana\0\0")),
        ),
        case(
            "sizes that differ",
            Code::NotATar,
            good().member("hello-1.0/x", EntryType::Regular, |member| {
                member.bytes = vec![0; 600];
                member.pax = vec![("size", b"512".to_vec())];
            }),
        ),
    ]
}

/// Archives that can be read, but by some readers only in part.
fn readable() -> Vec<Case> {
    vec![
        case(
            "bytes after the archive",
            Code::SdistTrailing,
            good().edit_tar(|tar| tar.push(1)),
        ),
        case(
            "bytes after gzip's data",
            Code::SdistTrailing,
            good().edit_bytes(|bytes| bytes.push(1)),
        ),
        case(
            "a second archive",
            Code::SdistTrailing,
            good().edit_bytes(|bytes| {
                let second = bytes.clone();
                bytes.extend(second);
            }),
        ),
        case(
            "a sparse file",
            Code::SdistSparse,
            member("hello-1.0/x", EntryType::GNUSparse),
        ),
        case(
            "a sparse file of pax",
            Code::SdistSparse,
            good().member("hello-1.0/x", EntryType::Regular, |member| {
                member.pax = vec![("GNU.sparse.major", b"1".to_vec())];
            }),
        ),
        case(
            "300 MiB of zeros",
            Code::SdistBomb,
            good().edit_tar(|tar| {
                tar.truncate(tar.len() - 1024);
                tar.resize(300 << 20, 0);
            }),
        ),
        case(
            "a name of 2 MiB",
            Code::SdistTooLarge,
            good().member("hello-1.0/x", EntryType::GNULongName, |member| {
                member.bytes = vec![b'a'; 2 << 20];
            }),
        ),
        case("a PKG-INFO of 3 MiB", Code::SdistTooLarge, {
            let long = format!(
                "Metadata-Version: 2.2\nName: hello\nVersion: 1.0\n\n{}",
                "a".repeat(3 << 20)
            );
            good().file("PKG-INFO", &long)
        }),
    ]
}
