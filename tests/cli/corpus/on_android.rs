//! Binaries for Android.

use pyz3_wheel::audit::Code;

use super::case::{ANDROID, Case, LINUX, MUSL, case, module_of};
use super::controls::{Control, good};
use super::elf::{self, Elf};
use super::wheel::Native;

const LINUX_ARM: &str = "cp312-cp312-manylinux_2_17_aarch64";
const STABLE: &str = "cp313-abi3-android_24_arm64_v8a";

pub(super) fn cases() -> Vec<Case> {
    let mut cases = systems();
    cases.extend(devices());
    cases.extend(suffixes());
    cases.extend(libraries());
    cases
}

fn systems() -> Vec<Case> {
    vec![
        module_of(
            "Android has ELF for glibc",
            Code::WrongSystem,
            ANDROID,
            LINUX_ARM,
        ),
        module_of(
            "Android has ELF for musl",
            Code::WrongSystem,
            ANDROID,
            "cp312-cp312-musllinux_1_2_aarch64",
        ),
        module_of(
            "manylinux has ELF for Android",
            Code::WrongSystem,
            LINUX,
            "cp313-cp313-android_24_x86_64",
        ),
        module_of(
            "musllinux has ELF for Android",
            Code::WrongSystem,
            MUSL,
            "cp313-cp313-android_24_x86_64",
        ),
        module_of(
            "Android has Mach-O",
            Code::WrongSystem,
            ANDROID,
            super::case::IOS,
        ),
        module_of(
            "arm64 has ELF for x86_64",
            Code::WrongMachine,
            ANDROID,
            "cp313-cp313-android_24_x86_64",
        ),
        module_of(
            "armeabi_v7a has ELF for arm64",
            Code::WrongMachine,
            "cp313-cp313-android_24_armeabi_v7a",
            ANDROID,
        ),
        case(
            "one of two architectures is not there",
            Code::WrongMachine,
            ANDROID,
            |w| w.tagged("cp313-cp313-android_24_arm64_v8a.android_24_x86_64"),
        )
        .also(&[Code::WrongSuffix]),
    ]
}

/// API levels, and what devices refuse to load.
fn devices() -> Vec<Case> {
    vec![
        case(
            "ELF is built for API level 28",
            Code::FloorTooHigh,
            ANDROID,
            |w| w.elf(|e| e.android(28)),
        ),
        case(
            "ELF takes a symbol of Android 9",
            Code::FloorTooHigh,
            ANDROID,
            |w| w.elf(|e| e.needs("libc.so", "LIBC_P", "aligned_alloc")),
        ),
        case(
            "ELF keeps one of two API levels",
            Code::FloorTooHigh,
            ANDROID,
            |w| w.tagged("cp313-cp313-android_21_arm64_v8a.android_24_arm64_v8a"),
        ),
        case(
            "ELF cannot be mapped with pages of 16 KiB",
            Code::SegmentAlignment,
            ANDROID,
            |w| w.elf(|e| e.alignment(4 << 10)),
        ),
        case(
            "nor on x86_64",
            Code::SegmentAlignment,
            "cp314-cp314-android_24_x86_64",
            |w| w.elf(|e| e.alignment(8 << 10)),
        ),
        case(
            "ELF has text relocations",
            Code::TextRelocations,
            ANDROID,
            |w| w.elf(Elf::text_relocations),
        ),
    ]
}

fn suffixes() -> Vec<Case> {
    vec![
        case(
            "the file has the ending of glibc",
            Code::WrongSuffix,
            ANDROID,
            |w| w.module("hello/_native.cpython-313-aarch64-linux-gnu.so"),
        ),
        case(
            "the file has the ending of another processor",
            Code::WrongSuffix,
            ANDROID,
            |w| w.module("hello/_native.cpython-313-x86_64-linux-android.so"),
        ),
        case(
            "the file has no system in its ending",
            Code::WrongSuffix,
            ANDROID,
            |w| w.module("hello/_native.cpython-313-aarch64.so"),
        ),
        case(
            "manylinux has the ending of Android",
            Code::WrongSuffix,
            LINUX,
            |w| w.module("hello/_native.cpython-312-x86_64-linux-android.so"),
        ),
    ]
}

fn libraries() -> Vec<Case> {
    let module = || Elf::new(elf::AARCH64).android(24).gives("PyInit__native");
    let uses_python = |what, tags| {
        case(what, Code::UndefinedSymbol, tags, |w| {
            let elf = module()
                .needs("libc.so", "LIBC", "malloc")
                .takes("PyLong_FromLong");
            w.native(Native::Elf(elf))
        })
    };
    vec![
        uses_python("ELF does not load Python", ANDROID),
        case(
            "a module without any library uses Python",
            Code::UndefinedSymbol,
            ANDROID,
            |w| {
                let elf = module().takes("PyLong_FromLong").takes("PyModuleDef_Init");
                w.native(Native::Elf(elf))
            },
        ),
        uses_python("abi3 does not load Python", STABLE),
        case(
            "ELF loads another Python",
            Code::ForeignLibrary,
            ANDROID,
            |w| w.elf(|e| e.needed("libpython3.12.so")),
        ),
        case(
            "abi3 loads the library of one Python",
            Code::ForeignLibrary,
            STABLE,
            |w| w.elf(|e| e.needed("libpython3.13.so")),
        ),
        case(
            "ELF loads what comes with API level 26",
            Code::ForeignLibrary,
            ANDROID,
            |w| w.elf(|e| e.needed("libaaudio.so")),
        ),
        case(
            "ELF loads a private library of Android",
            Code::ForeignLibrary,
            ANDROID,
            |w| w.elf(|e| e.needed("libcutils.so")),
        ),
        case(
            "ELF loads a libc++ that is not in the wheel",
            Code::ForeignLibrary,
            ANDROID,
            |w| w.elf(|e| e.needed("libc++_shared.so")),
        ),
        case(
            "ELF takes from Python what it lacks",
            Code::UndefinedSymbol,
            ANDROID,
            |w| w.elf(|e| e.takes("PyUnicode_AsUnicode")),
        ),
        case(
            "ELF takes what nothing has",
            Code::UndefinedSymbol,
            ANDROID,
            |w| w.elf(|e| e.takes("mean_of")),
        ),
        case(
            "the library is not where the loader searches",
            Code::UnreachableLibrary,
            ANDROID,
            |w| {
                let library = Elf::new(elf::AARCH64)
                    .android(24)
                    .soname("libhelper.so")
                    .gives("help");
                w.elf(|e| e.needed("libhelper.so").takes("help"))
                    .file("hello.libs/libhelper.so", library.bytes())
            },
        ),
    ]
}

pub(super) fn controls() -> Vec<Control> {
    vec![
        good("ELF is built for an older API level", ANDROID, |w| {
            w.elf(|e| e.android(21))
        }),
        good("ELF has no note of Android", ANDROID, |w| {
            w.elf(Elf::without_android)
        }),
        good("ELF loads public libraries", ANDROID, |w| {
            w.elf(|e| {
                e.needed("liblog.so")
                    .needed("libz.so")
                    .needed("libvulkan.so")
                    .takes("compressBound")
            })
        }),
        good("ELF loads the OpenSSL of CPython", ANDROID, |w| {
            w.elf(|e| e.needed("libcrypto_python.so").takes("EVP_sha256"))
        }),
        good("ELF loads libc++ from the wheel", ANDROID, |w| {
            let library = Elf::new(elf::AARCH64)
                .android(24)
                .soname("libc++_shared.so")
                .gives("_ZdlPv");
            w.elf(|e| {
                e.needed("libc++_shared.so")
                    .takes("_ZdlPv")
                    .runpath("$ORIGIN/../hello.libs")
            })
            .file("hello.libs/libc++_shared.so", library.bytes())
        }),
        good(
            "32-bit devices have small pages",
            "cp314-cp314-android_21_armeabi_v7a",
            |w| w.elf(|e| e.alignment(4 << 10)),
        ),
        good("the tag has a later API level", ANDROID, |w| {
            w.tagged("cp313-cp313-android_30_arm64_v8a")
                .elf(|e| e.needs("libc.so", "LIBC_P", "aligned_alloc"))
        }),
    ]
}
