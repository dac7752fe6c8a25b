//! Binaries that break a promise for Linux.

use pyz3_wheel::audit::Code;

use super::case::{Case, LINUX, LINUX_ABI3, MUSL, case};
use super::controls::{Control, good};
use super::elf::{self, Elf};
use super::wheel::Wheel;

/// A library that the module may load and that the wheel may have.
pub(super) fn helper() -> Elf {
    Elf::new(elf::X86_64)
        .soname("libhelper.so.1")
        .gives("help")
        .needs("libc.so.6", "GLIBC_2.2.5", "free")
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = floors();
    cases.extend(libraries());
    cases.extend(own_libraries());
    cases.extend(symbols());
    cases
}

pub(super) fn controls() -> Vec<Control> {
    vec![
        good(
            "ELF takes what Python 3.8 always has of fpectl",
            "cp38-cp38-manylinux_2_17_x86_64",
            |w| old_python(w).elf(|e| e.takes("PyFPE_jbuf")),
        ),
        good(
            "ELF takes what Python 3.6 has of fpectl if it is there",
            "cp36-cp36m-manylinux_2_17_x86_64",
            |w| old_python(w).elf(|e| e.may_take("PyFPE_jbuf")),
        ),
    ]
}

fn floors() -> Vec<Case> {
    let newer = |e: Elf| e.needs("libc.so.6", "GLIBC_2.28", "fcntl64");
    let both = "cp312-cp312-manylinux_2_17_x86_64.manylinux_2_28_x86_64";
    vec![
        case(
            "ELF asks for glibc 2.28 under 2_17",
            Code::FloorTooHigh,
            LINUX,
            |w| w.elf(newer),
        ),
        case(
            "ELF asks for glibc 2.28, and no symbol is left of it",
            Code::FloorTooHigh,
            LINUX,
            |w| w.elf(|e| e.asks("libc.so.6", "GLIBC_2.28")),
        ),
        case(
            "ELF asks libm for glibc 2.29 under 2_17",
            Code::FloorTooHigh,
            LINUX,
            |w| w.elf(|e| e.needs("libm.so.6", "GLIBC_2.29", "exp")),
        ),
        case(
            "ELF keeps one of two tags: 2_28, not 2_17",
            Code::FloorTooHigh,
            both,
            |w| w.elf(newer),
        ),
        case(
            "ELF asks for glibc 2.7 under manylinux1",
            Code::FloorTooHigh,
            LINUX,
            |w| {
                w.tagged("cp312-cp312-manylinux1_x86_64")
                    .elf(|e| e.needs("libc.so.6", "GLIBC_2.7", "__isoc99_sscanf"))
            },
        ),
        case(
            "ELF asks for glibc 2.14 under manylinux2010",
            Code::FloorTooHigh,
            LINUX,
            |w| {
                w.tagged("cp312-cp312-manylinux2010_x86_64")
                    .elf(|e| e.needs("libc.so.6", "GLIBC_2.14", "memcpy"))
            },
        ),
        case(
            "ELF asks for glibc 2.25 under manylinux2014 on aarch64",
            Code::FloorTooHigh,
            "cp312-cp312-manylinux2014_aarch64",
            |w| w.elf(|e| e.needs("libc.so.6", "GLIBC_2.25", "getentropy")),
        ),
        case(
            "ELF asks for glibc 2.34 on s390x, high byte first",
            Code::FloorTooHigh,
            "cp312-cp312-manylinux_2_17_s390x",
            |w| w.elf(|e| e.needs("libc.so.6", "GLIBC_2.34", "__libc_start_main")),
        ),
        case(
            "ELF asks for glibc 2.29 on i686, in 32 bits",
            Code::FloorTooHigh,
            "cp312-cp312-manylinux_2_17_i686",
            |w| w.elf(|e| e.needs("libm.so.6", "GLIBC_2.29", "pow")),
        ),
        case(
            "ELF has packed relocations, glibc 2.36, under 2_28",
            Code::FloorTooHigh,
            LINUX,
            |w| {
                w.tagged("cp312-cp312-manylinux_2_28_x86_64")
                    .elf(|e| e.asks("libc.so.6", "GLIBC_ABI_DT_RELR"))
            },
        )
        .or(Code::SymbolVersion),
        case(
            "a library beside the module asks for glibc 2.34",
            Code::FloorTooHigh,
            LINUX,
            |w| {
                w.elf(|e| e.needed("libhelper.so.1").runpath("$ORIGIN"))
                    .file(
                        "hello/libhelper.so.1",
                        helper().needs("libc.so.6", "GLIBC_2.34", "dlopen").bytes(),
                    )
            },
        ),
        case(
            "a second module asks for glibc 2.28",
            Code::FloorTooHigh,
            LINUX_ABI3,
            |w| {
                let other = Elf::new(elf::X86_64).gives("PyInit_other");
                w.file("hello/other.abi3.so", newer(other).bytes())
            },
        ),
    ]
}

fn libraries() -> Vec<Case> {
    vec![
        case("musllinux wheel loads glibc", Code::WrongLibc, MUSL, |w| {
            w.elf(|e| e.needs("libc.so.6", "GLIBC_2.2.5", "free"))
        }),
        case(
            "glibc module under a musllinux tag",
            Code::WrongLibc,
            LINUX,
            |w| w.tagged(MUSL).module("hello/_native.so"),
        ),
        case(
            "manylinux wheel loads Alpine's musl",
            Code::WrongLibc,
            LINUX,
            |w| w.elf(|e| e.needed("libc.musl-x86_64.so.1")),
        ),
        case(
            "manylinux wheel loads musl as Zig calls it",
            Code::WrongLibc,
            LINUX,
            |w| w.elf(|e| e.needed("libc.so")),
        ),
        case("tags for both C libraries", Code::WrongLibc, LINUX, |w| {
            w.tagged("cp312-cp312-manylinux_2_17_x86_64.musllinux_1_2_x86_64")
                .module("hello/_native.so")
        }),
        case("ELF loads OpenSSL", Code::ForeignLibrary, LINUX, |w| {
            w.elf(|e| e.needed("libssl.so.3"))
        }),
        case(
            "ELF asks OpenSSL for a version",
            Code::ForeignLibrary,
            LINUX,
            |w| w.elf(|e| e.needs("libcrypto.so.3", "OPENSSL_3.0.0", "EVP_MD_fetch")),
        )
        .also(&[Code::SymbolVersion]),
        case(
            "ELF loads libmvec, in no glibc before 2.22",
            Code::ForeignLibrary,
            LINUX,
            |w| w.elf(|e| e.needed("libmvec.so.1")),
        ),
        case(
            "ELF loads libexpat under manylinux1",
            Code::ForeignLibrary,
            LINUX,
            |w| {
                w.tagged("cp312-cp312-manylinux1_x86_64")
                    .elf(|e| e.needed("libexpat.so.1"))
            },
        ),
        case(
            "ELF loads libstdc++ under musllinux",
            Code::ForeignLibrary,
            MUSL,
            |w| w.elf(|e| e.needed("libstdc++.so.6")),
        ),
    ]
}

/// Libraries that the wheel has, and Python's.
fn own_libraries() -> Vec<Case> {
    vec![
        case(
            "the library beside the module has another case",
            Code::ForeignLibrary,
            LINUX,
            |w| {
                w.elf(|e| e.needed("libhelper.so.1").runpath("$ORIGIN"))
                    .file("hello/libHelper.so.1", helper().bytes())
            },
        ),
        case(
            "the library beside the module loads a foreign one",
            Code::ForeignLibrary,
            LINUX,
            |w| {
                w.elf(|e| e.needed("libhelper.so.1").runpath("$ORIGIN"))
                    .file(
                        "hello/libhelper.so.1",
                        helper().needed("libgfortran.so.5").bytes(),
                    )
            },
        ),
        case(
            "the library is in the wheel, and no path leads to it",
            Code::UnreachableLibrary,
            LINUX,
            |w| {
                w.elf(|e| e.needed("libhelper.so.1"))
                    .file("hello.libs/libhelper.so.1", helper().bytes())
            },
        ),
        case(
            "RUNPATH leads to another folder of the wheel",
            Code::UnreachableLibrary,
            LINUX,
            |w| {
                w.elf(|e| e.needed("libhelper.so.1").runpath("$ORIGIN/lib"))
                    .file("hello.libs/libhelper.so.1", helper().bytes())
            },
        ),
        case("ELF loads libpython", Code::LinksLibpython, LINUX, |w| {
            w.elf(|e| e.needed("libpython3.12.so.1.0"))
        }),
        case(
            "ELF loads the libpython of the stable ABI",
            Code::LinksLibpython,
            LINUX_ABI3,
            |w| w.elf(|e| e.needed("libpython3.so")),
        ),
        case(
            "ELF loads libpython under musllinux",
            Code::LinksLibpython,
            MUSL,
            |w| w.elf(|e| e.needed("libpython3.12.so.1.0")),
        ),
    ]
}

fn old_python(w: Wheel) -> Wheel {
    w.module("hello/_native.so")
        .metadata(|m| m.drop("Requires-Python").add("Requires-Python: >=2.7"))
}

/// A module takes this from Pythons that are configured with `--with-fpectl`.
fn fpectl(symbol: &str, tags: &str) -> Case {
    let what = format!("ELF takes {symbol}: {tags}");
    case(&what, Code::BlacklistedSymbol, tags, |w| {
        old_python(w).elf(|e| e.takes(symbol))
    })
}

fn symbols() -> Vec<Case> {
    vec![
        case(
            "ELF takes an inner function of zlib",
            Code::BlacklistedSymbol,
            LINUX,
            |w| w.elf(|e| e.needed("libz.so.1").takes("inflate_table")),
        ),
        case(
            "ELF takes a function that zlib did not have",
            Code::BlacklistedSymbol,
            LINUX,
            |w| w.elf(|e| e.needed("libz.so.1").takes("uncompress2")),
        ),
        case(
            "ELF takes an inner function of zlib under musllinux",
            Code::BlacklistedSymbol,
            MUSL,
            |w| w.elf(|e| e.needed("libz.so.1").takes("zcalloc")),
        ),
        fpectl("PyFPE_jbuf", "cp36-cp36m-manylinux_2_17_x86_64"),
        fpectl("PyFPE_counter", "cp35-cp35m-manylinux1_x86_64"),
        fpectl("PyFPE_dummy", "cp36-cp36m-musllinux_1_1_x86_64"),
        case(
            "ELF takes a function of glibc alone under musllinux",
            Code::MuslSymbol,
            MUSL,
            |w| w.elf(|e| e.takes("gnu_get_libc_version")),
        ),
        case(
            "ELF takes a fortified function under musllinux",
            Code::MuslSymbol,
            MUSL,
            |w| w.elf(|e| e.takes("__memcpy_chk")),
        ),
        case(
            "ELF takes a function of a patch release under musllinux",
            Code::MuslPatch,
            MUSL,
            |w| w.elf(|e| e.takes("statx")),
        ),
    ]
}
