//! Recognizes native code by its magic number.
//!
//! Takes the first bytes of a file and gives its format, whatever the file is called. All magic
//! numbers of native code are in this file.

use std::fs::File;
use std::io::{self, Read as _};

/// How many bytes of a file are looked at. A PE has its signature within them, unless it has a huge DOS stub.
pub(crate) const HEAD: usize = 1024;

/// A format of native code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Magic {
    /// ELF, of any size and byte order.
    Elf,
    /// Mach-O for one architecture, of any size and byte order.
    MachO,
    /// A universal Mach-O file, which has a slice for each of several architectures.
    Universal,
    /// PE.
    Pe,
    /// An archive of object files: a static or import library.
    Archive,
}

impl Magic {
    /// The format of a file that begins with `head` and has `size` bytes; `None` if it is not native code.
    ///
    /// If a PE has its signature after `head`, the file is taken for one.
    ///
    /// Sources: System V ABI, "ELF Header"; Apple, `mach-o/loader.h` and `mach-o/fat.h`; Microsoft, "PE
    /// Format"; ar(5).
    pub(crate) fn of(head: &[u8], size: u64) -> Option<Self> {
        match head {
            [0x7f, b'E', b'L', b'F', ..] => Some(Self::Elf),
            [0xfe, 0xed, 0xfa, 0xce | 0xcf, ..] | [0xce | 0xcf, 0xfa, 0xed, 0xfe, ..] => {
                Some(Self::MachO)
            }
            // Java classes have the same magic number. Where a universal file has the number of its slices,
            // they have their version, which is 45 or more.
            [0xca, 0xfe, 0xba, 0xbe | 0xbf, a, b, c, d, ..] => {
                let slices = u32::from_be_bytes([*a, *b, *c, *d]);
                (1..45).contains(&slices).then_some(Self::Universal)
            }
            [b'M', b'Z', ..] => is_pe(head, size).then_some(Self::Pe),
            _ if head.starts_with(b"!<arch>\n") || head.starts_with(b"!<thin>\n") => {
                Some(Self::Archive)
            }
            _ => None,
        }
    }

    /// The format of an open file, which is read from where it stands.
    pub(crate) fn of_file(file: &File) -> io::Result<Option<Self>> {
        let mut head = Vec::new();
        file.take(HEAD as u64).read_to_end(&mut head)?;
        Ok(Self::of(&head, file.metadata()?.len()))
    }

    /// Whether a loader or a linker reads such a file as one binary: everything but archives.
    pub(crate) fn is_binary(self) -> bool {
        match self {
            Self::Elf | Self::MachO | Self::Universal | Self::Pe => true,
            Self::Archive => false,
        }
    }
}

/// Whether a file that begins with `head` is WebAssembly. That is native code for Python in a browser; most
/// packages have it as data, for other programs than Python, so it is not one of the formats of [`Magic`].
///
/// Source: WebAssembly specification, "Binary Format", "Modules".
pub(crate) fn is_wasm(head: &[u8]) -> bool {
    head.starts_with(b"\0asm")
}

/// Whether a file that begins with `MZ` is a PE and not a DOS program or a text: the header names the place
/// of the signature.
fn is_pe(head: &[u8], size: u64) -> bool {
    const SIGNATURE: &[u8] = b"PE\0\0";
    let place = head.get(0x3c..).and_then(|place| place.first_chunk::<4>());
    let Some(place) = place.map(|place| u32::from_le_bytes(*place)) else {
        return false;
    };
    let end = u64::from(place) + SIGNATURE.len() as u64;
    if end > size {
        return false;
    }
    let rest = usize::try_from(place).ok().and_then(|at| head.get(at..));
    rest.is_none_or(|rest| {
        let known = rest.len().min(SIGNATURE.len());
        rest[..known] == SIGNATURE[..known]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file that begins with `MZ` and has `signature` at `place`.
    fn mz(place: u32, signature: &[u8]) -> Vec<u8> {
        let at = place as usize;
        let mut bytes = vec![0; at + signature.len()];
        bytes[..2].copy_from_slice(b"MZ");
        bytes[0x3c..0x40].copy_from_slice(&place.to_le_bytes());
        bytes[at..].copy_from_slice(signature);
        bytes
    }

    #[test]
    fn native_code_is_recognized_by_its_magic_number() {
        let universal = |magic: u8, slices: u8| [0xca, 0xfe, 0xba, magic, 0, 0, 0, slices].to_vec();
        for (bytes, magic) in [
            (b"\x7fELF\x02\x01\x01\0".to_vec(), Some(Magic::Elf)),
            (vec![0xfe, 0xed, 0xfa, 0xce], Some(Magic::MachO)),
            (vec![0xfe, 0xed, 0xfa, 0xcf], Some(Magic::MachO)),
            (vec![0xce, 0xfa, 0xed, 0xfe], Some(Magic::MachO)),
            (vec![0xcf, 0xfa, 0xed, 0xfe], Some(Magic::MachO)),
            (universal(0xbe, 2), Some(Magic::Universal)),
            (universal(0xbe, 44), Some(Magic::Universal)),
            (universal(0xbf, 1), Some(Magic::Universal)),
            // Java classes, of 1.1 and 21.
            (universal(0xbe, 45), None),
            (universal(0xbe, 65), None),
            (universal(0xbe, 0), None),
            (universal(0xbd, 2), None),
            (vec![0xca, 0xfe, 0xba, 0xbe, 0, 0, 0], None),
            (mz(0x40, b"PE\0\0"), Some(Magic::Pe)),
            (mz(0x300, b"PE\0\0..."), Some(Magic::Pe)),
            (mz(0x40, b"NE\0\0"), None),
            (mz(0x40, b"PE\0"), None),
            (b"MZ is how this text begins".to_vec(), None),
            (vec![b'M'; 0x100], None),
            (b"!<arch>\n".to_vec(), Some(Magic::Archive)),
            (b"!<thin>\n".to_vec(), Some(Magic::Archive)),
            (b"!<arch>".to_vec(), None),
            (b"\0asm\x01\0\0\0".to_vec(), None),
            (b"#!/bin/sh\n".to_vec(), None),
            (Vec::new(), None),
        ] {
            assert_eq!(Magic::of(&bytes, bytes.len() as u64), magic, "{bytes:?}");
            let is_archive = magic == Some(Magic::Archive);
            assert_eq!(
                magic.is_some_and(Magic::is_binary),
                magic.is_some() && !is_archive
            );
        }
    }

    #[test]
    fn webassembly_is_recognized_by_its_magic_number() {
        assert!(is_wasm(b"\0asm\x01\0\0\0") && is_wasm(b"\0asm\x0d\0\x01\0"));
        assert!(!is_wasm(b"\0as") && !is_wasm(b"\x7fELF"));
    }

    #[test]
    fn a_signature_after_the_head_counts_if_the_file_is_long_enough() {
        let far = mz(0x1000, b"PE\0\0");
        assert_eq!(Magic::of(&far[..HEAD], far.len() as u64), Some(Magic::Pe));
        assert_eq!(Magic::of(&far[..HEAD], 0x1003), None);
        // The head ends within the signature.
        let near = mz(0x40, b"PE\0\0");
        assert_eq!(Magic::of(&near[..0x42], 0x44), Some(Magic::Pe));
    }

    #[test]
    fn a_file_is_recognized_by_its_first_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs_err::write(&path, mz(0x1000, b"PE\0\0")).unwrap();
        let found = Magic::of_file(&File::open(&path).unwrap()).unwrap();
        assert_eq!(found, Some(Magic::Pe));
        let own = File::open(std::env::current_exe().unwrap()).unwrap();
        assert!(Magic::of_file(&own).unwrap().is_some_and(Magic::is_binary));
    }
}
