//! Files with the name of an extension module that are not shared libraries, and such files in places that Python
//! does not import from.

use pyz3_wheel::audit::{Code, Severity};

use super::case::{Case, LINUX, LINUX_ABI3, LINUX_NONE, MACOS, UNIVERSAL, WINDOWS, case};
use super::controls::{Control, good};
use super::elf::{self, Elf};
use super::macho::{self, Macho};
use super::pe::{self, Pe};

const LFS: &[u8] = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 132735\n";
const ARCHIVE: &[u8] = b"!<arch>\nempty.o/        0           0     0     100644  0         `\n";
const WASM: &[u8] = b"\0asm\x01\0\0\0";

/// The kind of an object file in ELF and in Mach-O.
const OBJECT: u16 = 1;

/// A wheel with these tags has one more file.
fn beside(what: &str, tags: &str, path: &'static str, bytes: Vec<u8>) -> Case {
    case(what, Code::NotALibrary, tags, move |w| w.file(path, bytes))
}

fn elf_of(kind: u16) -> Vec<u8> {
    let elf = Elf::new(elf::X86_64).kind(kind).gives("PyInit__other");
    elf.takes("PyLong_FromLong").bytes()
}

fn macho_of(kind: u32) -> Vec<u8> {
    let macho = Macho::new(macho::ARM64).kind(kind).gives("PyInit__other");
    macho.bytes()
}

const ON_LINUX: &str = "hello/_other.cpython-312-x86_64-linux-gnu.so";
const ON_MACOS: &str = "hello/_other.cpython-312-darwin.so";
const ON_WINDOWS: &str = "hello/_other.cp312-win_amd64.pyd";

pub(super) fn cases() -> Vec<Case> {
    let mut cases = on_linux();
    cases.extend(elsewhere());
    cases.extend(only_modules());
    cases
}

fn on_linux() -> Vec<Case> {
    vec![
        beside("an object file", LINUX, ON_LINUX, elf_of(OBJECT)),
        beside("a program", LINUX, ON_LINUX, elf_of(elf::PROGRAM)),
        beside("a static library", LINUX, ON_LINUX, ARCHIVE.to_vec()),
        beside("a Git LFS pointer", LINUX, ON_LINUX, LFS.to_vec()),
        beside("an empty module", LINUX, ON_LINUX, Vec::new()),
        beside(
            "WebAssembly in a wheel for Linux",
            LINUX,
            ON_LINUX,
            WASM.to_vec(),
        )
        .also(&[Code::WrongSystem, Code::NoInit]),
        beside("a text", LINUX, ON_LINUX, b"INPUT(libother.so)\n".to_vec()),
        beside(
            "an empty module for abi3",
            LINUX_ABI3,
            "hello/_other.abi3.so",
            Vec::new(),
        ),
        beside(
            "a module in plain .so that is empty",
            LINUX,
            "hello/_other.so",
            Vec::new(),
        ),
        beside(
            "an empty module at top level",
            LINUX,
            "_other.abi3.so",
            Vec::new(),
        ),
        beside(
            "an empty module in tests",
            LINUX,
            "hello/tests/_other.abi3.so",
            Vec::new(),
        ),
        beside(
            "an empty module under the ABI tag none",
            LINUX_NONE,
            ON_LINUX,
            Vec::new(),
        ),
        beside("an empty library", LINUX, "hello/libother.so", Vec::new())
            .weighing(Severity::Warning),
        beside(
            "a text in plain .so in tests",
            LINUX,
            "hello/tests/other.so",
            b"text".to_vec(),
        )
        .weighing(Severity::Warning),
        beside(
            "a program in plain .so",
            LINUX,
            "hello/other.so",
            elf_of(elf::PROGRAM),
        )
        .weighing(Severity::Warning),
    ]
}

fn elsewhere() -> Vec<Case> {
    let program = Pe::new(pe::X64).takes("KERNEL32.dll", "ExitProcess");
    vec![
        beside(
            "a Mach-O object file",
            MACOS,
            ON_MACOS,
            macho_of(OBJECT.into()),
        ),
        beside(
            "a Mach-O program",
            MACOS,
            ON_MACOS,
            macho_of(macho::PROGRAM),
        ),
        beside("a Git LFS pointer on macOS", MACOS, ON_MACOS, LFS.to_vec()),
        case(
            "one slice is an object file",
            Code::NotALibrary,
            UNIVERSAL,
            |w| w.slice(macho::X86_64, |slice| slice.kind(OBJECT.into())),
        ),
        beside(
            "a Windows program",
            WINDOWS,
            ON_WINDOWS,
            program.program().bytes(),
        ),
        beside(
            "a Git LFS pointer on Windows",
            WINDOWS,
            ON_WINDOWS,
            LFS.to_vec(),
        ),
        beside("an object file of Windows", WINDOWS, "hello/_other.pyd", {
            [&[0x64, 0x86, 1, 0][..], &[0; 60]].concat()
        }),
    ]
}

fn only_modules() -> Vec<Case> {
    let alone = |what, tags, bytes: &[u8]| {
        let bytes = bytes.to_vec();
        case(what, Code::NotALibrary, tags, move |w| {
            w.damage(|module| *module = bytes)
        })
        .also(&[Code::NoNativeCode])
    };
    vec![
        alone("the only module is empty", LINUX, b""),
        alone("the only module is a Git LFS pointer", LINUX_ABI3, LFS),
        alone("the only module is a static library", MACOS, ARCHIVE),
        alone("the only module is a text", WINDOWS, b"not yet built\n"),
    ]
}

pub(super) fn controls() -> Vec<Control> {
    let file = |what: &str, tags, path: &'static str, bytes: &'static [u8]| {
        good(what, tags, move |w| w.file(path, bytes))
    };
    vec![
        file(
            "a linker script in a folder of libraries",
            LINUX,
            "hello.libs/libother.so",
            b"INPUT(libother.so.1)\n",
        ),
        file(
            "a text for another Python",
            LINUX,
            "hello/_other.cpython-39-x86_64-linux-gnu.so",
            b"text",
        ),
        file("a static library", LINUX, "hello/libother.a", ARCHIVE),
        file(
            "a module of Windows on Linux",
            LINUX,
            "hello/_other.pyd",
            b"text",
        ),
        good("a dylib that is a module", MACOS, |w| {
            w.macho(|m| m.dylib("@rpath/_native.so"))
        }),
    ]
}
