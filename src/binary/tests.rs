//! Binaries made by hand, this test's own program, and what is left of them when they are damaged.

use super::*;
use crate::platform::{Os, Platform};
use crate::tags::{Arch, Release};

/// Bytes with numbers put at their places.
struct Bytes(Vec<u8>);

impl Bytes {
    fn put(&mut self, at: usize, bytes: &[u8]) {
        let end = at + bytes.len();
        if self.0.len() < end {
            self.0.resize(end, 0);
        }
        self.0[at..end].copy_from_slice(bytes);
    }

    fn longs(&mut self, at: usize, numbers: &[u32]) {
        for (index, number) in numbers.iter().enumerate() {
            self.put(at + 4 * index, &number.to_le_bytes());
        }
    }
}

/// A dylib for arm64, macOS 11.0, that exports `PyInit_hello` in its symbol table, imports
/// `PyLong_FromLong` and is signed.
fn macho() -> Vec<u8> {
    let mut file = Bytes(Vec::new());
    let commands: &[&[u32]] = &[
        // LC_BUILD_VERSION for macOS
        &[0x32, 24, 1, 0x000B_0000, 0x000B_0000, 0],
        // LC_LOAD_DYLIB, its name put below
        &[0xc, 56, 24, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        // LC_SYMTAB: two symbols, then their names
        &[0x2, 24, 0x200, 2, 0x220, 0x40],
        // LC_CODE_SIGNATURE
        &[0x1d, 16, 0x260, 0],
    ];
    let size: u32 = commands.iter().map(|command| command[1]).sum();
    // MH_MAGIC_64, arm64, MH_DYLIB
    file.longs(0, &[0xfeed_facf, 0x0100_000c, 0, 6, 4, size, 0, 0]);
    let mut at = 32;
    for command in commands {
        file.longs(at, command);
        at += 4 * command.len();
    }
    file.put(32 + 24 + 24, b"/usr/lib/libSystem.B.dylib");
    let defined = 0x0f | 1 << 8;
    file.longs(0x200, &[1, defined, 0x1000, 0, 15, 0x01, 0, 0]);
    file.put(0x220, b"\0_PyInit_hello\0_PyLong_FromLong\0");
    file.put(0x260, b"");
    file.0
}

/// A DLL for x64 that exports `PyInit_hello` and imports `PyLong_FromLong` from `python312.dll`.
fn pe() -> Vec<u8> {
    let mut file = Bytes(Vec::new());
    file.put(0, b"MZ");
    file.longs(0x3c, &[0x40]);
    file.put(0x40, b"PE\0\0");
    // x64, one section, 240 bytes of optional header, a DLL.
    file.longs(0x44, &[0x0001_8664, 0, 0, 0, 0x2022_00f0]);
    let optional = 0x58;
    file.put(optional, &0x20b_u16.to_le_bytes());
    file.longs(optional + 32, &[0x1000, 0x200]);
    // Sixteen directories; the first is the exports, the second the imports.
    file.longs(optional + 108, &[16, 0x1000, 0x60, 0x1100, 0x28]);
    let section = optional + 240;
    file.put(section, b".rdata");
    file.longs(section + 8, &[0x200, 0x1000, 0x200, 0x200]);
    // Code, which can be read and run.
    file.longs(section + 36, &[0x6000_0020]);
    let exports = 0x200;
    // One function, one name: their tables, then the names.
    file.longs(exports, &[0, 0, 0, 0x1050, 1, 1, 1, 0x1028, 0x102c, 0x1030]);
    file.longs(exports + 0x28, &[0x1180, 0x1040, 0]);
    file.put(exports + 0x40, b"PyInit_hello\0");
    file.put(exports + 0x50, b"hello.dll\0");
    let imports = 0x300;
    file.longs(imports, &[0x1130, 0, 0, 0x1140, 0x1130]);
    file.longs(imports + 0x30, &[0x1150, 0]);
    file.put(imports + 0x40, b"python312.dll\0");
    file.put(imports + 0x52, b"PyLong_FromLong\0");
    file.put(0x3ff, &[0]);
    file.0
}

#[test]
fn a_mach_o_tells_system_machine_floor_exports_imports_and_signature() {
    let binary = Binary::parse(&macho()).unwrap().unwrap();
    let mut expected = Binary::unknown(Format::MachO);
    expected.os = Some(Os::Macos);
    expected.arch = Some(Arch::Aarch64);
    expected.machine = "macOS arm64".to_owned();
    expected.kind = Kind::SharedLibrary;
    expected.floor = Some(Release::new(11, 0));
    expected.inits = vec!["hello".to_owned()];
    expected.exports = ["PyInit_hello"].into_iter().collect();
    expected.undefined = [("PyLong_FromLong", Provider::Any)].into_iter().collect();
    expected.imports = vec!["/usr/lib/libSystem.B.dylib".to_owned()];
    // The signature of this file is empty.
    expected.signature = Signature::Broken;
    assert_eq!(binary, expected);
}

#[test]
fn a_pe_tells_machine_exports_and_imports() {
    let binary = Binary::parse(&pe()).unwrap().unwrap();
    let mut expected = Binary::unknown(Format::Pe);
    expected.os = Some(Os::Windows);
    expected.arch = Some(Arch::X86_64);
    expected.machine = "Windows x64".to_owned();
    expected.kind = Kind::SharedLibrary;
    expected.inits = vec!["hello".to_owned()];
    expected.exports = ["PyInit_hello"].into_iter().collect();
    expected.undefined = [("PyLong_FromLong", Provider::Library(0))]
        .into_iter()
        .collect();
    expected.imports = vec!["python312.dll".to_owned()];
    assert_eq!(binary, expected);
}

#[test]
fn each_slice_of_a_universal_binary_is_read() {
    let slice = macho();
    let mut file = Bytes(Vec::new());
    let size = u32::try_from(slice.len()).unwrap();
    let header = [0xcafe_babe_u32, 1, 0x0100_000c, 0, 0x1000, size, 12];
    for (index, number) in header.into_iter().enumerate() {
        file.put(4 * index, &number.to_be_bytes());
    }
    file.put(0x1000, &slice);
    let binary = Binary::parse(&file.0).unwrap().unwrap();
    assert_eq!(binary.machine, "macOS universal (arm64)");
    assert_eq!(binary.arch, None);
    assert_eq!(binary.parts(), [Binary::parse(&slice).unwrap().unwrap()]);
    // A slice that is none.
    file.put(0x1000, b"else");
    assert!(Binary::parse(&file.0).is_err());
}

#[test]
fn this_test_is_an_executable_for_this_machine() {
    let bytes = std::fs::read(std::env::current_exe().unwrap()).unwrap();
    let binary = Binary::parse(&bytes).unwrap().unwrap();
    assert_eq!(binary.kind, Kind::Executable);
    assert!(binary.inits.is_empty() && binary.python_symbols().next().is_none());
    if let Some(platform) = Platform::current() {
        assert_eq!(binary.os, Some(platform.os()));
        assert_eq!(Vec::from_iter(binary.arch), platform.arches());
        assert!(!binary.imports.is_empty());
    }
}

#[test]
fn what_is_no_binary_is_none() {
    let mut class = b"\xca\xfe\xba\xbe\0\0\0\x41".to_vec();
    class.resize(64, 0);
    for bytes in [
        b"".as_slice(),
        b"#!/bin/sh\n",
        b"!<arch>\nan archive that is long enough",
        b"MZ is how this text begins, and it is long enough to hold a head of 64 bytes",
        &class,
    ] {
        assert_eq!(Binary::parse(bytes), Ok(None));
    }
}

#[test]
fn damaged_binaries_are_errors_and_never_panics() {
    let own = std::fs::read(std::env::current_exe().unwrap()).unwrap();
    let (macho, pe) = (macho(), pe());
    // Cut anywhere; the test's own program is long, so it is cut in steps.
    for (bytes, step) in [(&macho, 1), (&pe, 1), (&own, own.len() / 50)] {
        for end in (0..bytes.len()).step_by(step) {
            let _ = Binary::parse(&bytes[..end]);
        }
    }
    // Every number of the headers made too large.
    for bytes in [macho, pe] {
        for at in 0..bytes.len() {
            for wrong in [0xff, 0x7f, 0x80, 0x00] {
                let mut bytes = bytes.clone();
                bytes[at] = wrong;
                let _ = Binary::parse(&bytes);
            }
        }
    }
    assert!(Binary::parse(&own[..own.len() / 2]).is_err());
    assert!(Binary::parse(b"\x7fELF\x02\x01\x01\0").is_err());
}
