//! ELF binaries without section headers, so that only the dynamic segment says what they need.

use pyz3_wheel::audit::Code;

use super::case::{Case, LINUX, LINUX_ABI3, MUSL, case};
use super::controls::{Control, good};
use super::elf::Elf;

pub(super) fn cases() -> Vec<Case> {
    let bare = |what: &str, code, tags, edit: fn(Elf) -> Elf| {
        let what = format!("ELF without section headers {what}");
        case(&what, code, tags, |w| w.elf(|e| edit(e).without_sections()))
    };
    vec![
        bare("asks for glibc 2.28", Code::FloorTooHigh, LINUX, |e| {
            e.needs("libc.so.6", "GLIBC_2.28", "fcntl64")
        }),
        bare(
            "asks for glibc 2.29 in 32 bits",
            Code::FloorTooHigh,
            "cp312-cp312-manylinux_2_17_i686",
            |e| e.needs("libm.so.6", "GLIBC_2.29", "pow"),
        ),
        bare(
            "asks for glibc 2.34, high byte first",
            Code::FloorTooHigh,
            "cp312-cp312-manylinux_2_17_s390x",
            |e| e.needs("libc.so.6", "GLIBC_2.34", "__libc_start_main"),
        ),
        bare("loads OpenSSL", Code::ForeignLibrary, LINUX, |e| {
            e.needed("libssl.so.3")
        }),
        bare(
            "asks for the libstdc++ of GCC 11",
            Code::SymbolVersion,
            LINUX,
            |e| e.needs("libstdc++.so.6", "GLIBCXX_3.4.29", "_ZSt4copy"),
        ),
        bare(
            "takes what nothing has",
            Code::UndefinedSymbol,
            LINUX,
            |e| e.takes("mean_of"),
        ),
        bare("takes what musl lacks", Code::MuslSymbol, MUSL, |e| {
            e.takes("__memcpy_chk")
        }),
        bare("has an absolute RUNPATH", Code::UnsafeRpath, LINUX, |e| {
            e.runpath("/opt/hello/lib")
        }),
        bare("needs x86-64-v3", Code::IsaLevel, LINUX, |e| {
            e.needs_isa(0b0111)
        }),
        bare("exports another module", Code::WrongInit, LINUX, |e| {
            e.without("PyInit__native").gives("PyInit_other")
        }),
        bare(
            "goes beyond the stable ABI",
            Code::NotStableAbi,
            LINUX_ABI3,
            |e| e.takes("PyUnicode_AsUTF8"),
        ),
    ]
}

pub(super) fn controls() -> Vec<Control> {
    [
        LINUX,
        LINUX_ABI3,
        MUSL,
        "cp312-cp312-manylinux_2_17_i686",
        "cp312-cp312-manylinux_2_17_s390x",
        "cp312-cp312-manylinux_2_17_aarch64",
    ]
    .into_iter()
    .map(|tags| {
        let what = format!("ELF without section headers: {tags}");
        good(&what, tags, |w| w.elf(Elf::without_sections))
    })
    .collect()
}
