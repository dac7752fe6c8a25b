//! Symbol versions that ELF binaries require of libraries of the system and of the wheel.

use pyz3_wheel::audit::Code;

use super::case::{Case, LINUX, LINUX_ABI3, MUSL, case};
use super::controls::{Control, good};
use super::elf::{self, Elf};
use super::on_linux::helper;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = system_libraries();
    cases.extend(beside_own_libraries());
    cases
}

fn system_libraries() -> Vec<Case> {
    let asks = |what, library: &'static str, version: &'static str, symbol: &'static str| {
        case(what, Code::SymbolVersion, LINUX, move |w| {
            w.elf(|e| e.needs(library, version, symbol))
        })
    };
    vec![
        asks(
            "ELF asks for the libstdc++ of GCC 11",
            "libstdc++.so.6",
            "GLIBCXX_3.4.29",
            "_ZSt4copy",
        ),
        asks(
            "ELF asks for a newer C++ ABI",
            "libstdc++.so.6",
            "CXXABI_1.3.8",
            "__cxa_throw_bad_array_new_length",
        ),
        asks(
            "ELF asks for the libgcc of GCC 7",
            "libgcc_s.so.1",
            "GCC_7.0.0",
            "__cpu_model",
        ),
        asks(
            "ELF asks for zlib 1.2.9",
            "libz.so.1",
            "ZLIB_1.2.9",
            "inflateValidate",
        ),
        asks(
            "ELF asks for libatomic, versioned in glibc 2.24",
            "libatomic.so.1",
            "LIBATOMIC_1.0",
            "__atomic_load",
        ),
        asks(
            "ELF asks for what is glibc's own",
            "libc.so.6",
            "GLIBC_PRIVATE",
            "__libc_siglongjmp",
        ),
        asks(
            "ELF asks a library of the policy for an unknown name",
            "libz.so.1",
            "OPENSSL_3.0.0",
            "SSL_new",
        ),
    ]
}

/// The module also loads a library of the wheel.
fn beside_own_libraries() -> Vec<Case> {
    let asks = |what, tags, library: &'static str, version: &'static str| {
        case(what, Code::SymbolVersion, tags, move |w| {
            w.elf(|e| {
                e.needs("libhelper.so.1", "HELPER_1", "help")
                    .needs(library, version, "other")
                    .runpath("$ORIGIN/../hello.libs")
            })
            .file("hello.libs/libhelper.so.1", versioned_helper().bytes())
        })
    };
    vec![
        asks(
            "ELF with a library of its own asks for the libstdc++ of GCC 13",
            LINUX,
            "libstdc++.so.6",
            "GLIBCXX_3.4.32",
        ),
        asks(
            "ELF with a library of its own asks for a newer C++ ABI",
            LINUX_ABI3,
            "libstdc++.so.6",
            "CXXABI_1.3.13",
        ),
        asks(
            "ELF with a library of its own asks for a newer zlib",
            LINUX,
            "libz.so.1",
            "ZLIB_1.2.12",
        ),
        asks(
            "ELF with a library of its own asks for the libgcc of GCC 12",
            LINUX,
            "libgcc_s.so.1",
            "GCC_12.0.0",
        ),
        asks(
            "the library of the wheel has other versions than the module asks for",
            LINUX,
            "libhelper.so.1",
            "HELPER_2",
        ),
        case(
            "the library of the wheel has no versions",
            Code::SymbolVersion,
            LINUX,
            |w| {
                w.elf(|e| {
                    e.needs("libhelper.so.1", "HELPER_1", "help")
                        .runpath("$ORIGIN")
                })
                .file("hello/libhelper.so.1", helper().bytes())
            },
        ),
        case(
            "a library of the wheel, loaded with another one, asks for the libstdc++ of GCC 11",
            Code::SymbolVersion,
            LINUX,
            |w| {
                let helper = versioned_helper()
                    .needed("libother.so.1")
                    .runpath("$ORIGIN")
                    .needs("libstdc++.so.6", "GLIBCXX_3.4.29", "_ZSt4copy");
                w.elf(|e| e.needed("libhelper.so.1").runpath("$ORIGIN"))
                    .file("hello/libhelper.so.1", helper.bytes())
                    .file(
                        "hello/libother.so.1",
                        Elf::new(elf::X86_64).soname("libother.so.1").bytes(),
                    )
            },
        ),
    ]
}

/// A library whose function has a version.
fn versioned_helper() -> Elf {
    Elf::new(elf::X86_64)
        .soname("libhelper.so.1")
        .gives_version("HELPER_1", "help")
        .needs("libc.so.6", "GLIBC_2.2.5", "free")
}

pub(super) fn controls() -> Vec<Control> {
    let with = |what, tags, edit: fn(Elf) -> Elf, library: Elf| {
        good(what, tags, move |w| {
            w.elf(|e| edit(e).runpath("$ORIGIN/../hello.libs"))
                .file("hello.libs/libhelper.so.1", library.bytes())
        })
    };
    vec![
        with(
            "a version of a library of the wheel, beside one of libstdc++",
            LINUX,
            |e| {
                e.needs("libhelper.so.1", "HELPER_1", "help").needs(
                    "libstdc++.so.6",
                    "GLIBCXX_3.4.19",
                    "_ZSt4copy",
                )
            },
            versioned_helper(),
        ),
        with(
            "a version of a library of the wheel that is needed by a weak symbol alone",
            LINUX,
            |e| e.may_need("libhelper.so.1", "HELPER_2", "help_more"),
            versioned_helper(),
        ),
        with(
            "a version of libstdc++ that a shipped copy of it has",
            LINUX,
            |e| e.needs("libhelper.so.1", "GLIBCXX_3.4.32", "help"),
            Elf::new(elf::X86_64)
                .soname("libhelper.so.1")
                .gives_version("GLIBCXX_3.4.32", "help"),
        ),
        with(
            "a version that musl ignores",
            MUSL,
            |e| e.needs("libhelper.so.1", "HELPER_2", "help"),
            Elf::new(elf::X86_64)
                .soname("libhelper.so.1")
                .gives_version("HELPER_1", "help"),
        ),
    ]
}
