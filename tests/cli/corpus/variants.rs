//! Wheels with several files of one extension module, for several Pythons or left over from another one.

use pyz3_wheel::audit::Code;

use super::case::{Case, LINUX, LINUX_ABI3, LINUX_NONE, MACOS, WINDOWS, case};
use super::controls::{Control, good};
use super::elf::{self, Elf};
use super::good::module;
use super::pe::{self, Pe};
use super::pythons::LINUX_BOTH;
use super::wheel::Wheel;

const SEVERAL: &str = "cp311.cp312-cp311.cp312-manylinux_2_17_x86_64";

/// The wheel with one more file of its extension module.
fn with(w: Wheel, ending: &str) -> Wheel {
    let native = Elf::new(elf::X86_64)
        .gives("PyInit__native")
        .takes("PyLong_FromLong")
        .needs("libc.so.6", "GLIBC_2.2.5", "malloc")
        .data(ending);
    w.file(&format!("hello/_native.{ending}"), native.bytes())
}

pub(super) fn cases() -> Vec<Case> {
    let of = |version| format!("cpython-{version}-x86_64-linux-gnu.so");
    let (eleven, twelve) = (of(311), of(312));
    let stale = |what, tags, first: &'static str, second: &'static str| {
        case(what, Code::WrongSuffix, tags, move |w| {
            let (_, native) = module(tags).unwrap();
            let w = w.module(&format!("hello/_native.{first}"));
            w.file(&format!("hello/_native.{second}"), native.bytes())
        })
        .also(&[Code::DuplicateFiles])
    };
    vec![
        stale(
            "both modules are for other Pythons",
            LINUX,
            "cpython-310-x86_64-linux-gnu.so",
            "cpython-311-x86_64-linux-gnu.so",
        ),
        stale(
            "an abi3 wheel has modules of single Pythons",
            LINUX_ABI3,
            "cpython-311-x86_64-linux-gnu.so",
            "cpython-312-x86_64-linux-gnu.so",
        ),
        stale(
            "both modules for macOS are for other Pythons",
            MACOS,
            "cpython-310-darwin.so",
            "cpython-313-darwin.so",
        ),
        stale(
            "both modules for Windows are for other Pythons",
            WINDOWS,
            "cp310-win_amd64.pyd",
            "cp311-win_amd64.pyd",
        ),
        stale(
            "a module for Windows is for another machine, and one for another Python",
            WINDOWS,
            "cp312-win32.pyd",
            "cp311-win_amd64.pyd",
        ),
        case(
            "a module of 3.11 lies beside that of 3.12",
            Code::StaleModule,
            LINUX,
            |w| with(w, &eleven),
        ),
        case(
            "a stale module uses a symbol that the Python of the tag no longer has",
            Code::StaleModule,
            LINUX,
            |w| {
                let old = Elf::new(elf::X86_64)
                    .gives("PyInit__native")
                    .takes("PyUnicode_AsUnicode");
                w.file(&format!("hello/_native.{eleven}"), old.bytes())
            },
        ),
        case(
            "a stale module imports its own Python's DLL",
            Code::StaleModule,
            WINDOWS,
            |w| {
                let old = Pe::new(pe::X64)
                    .gives("PyInit__native")
                    .takes("python311.dll", "PyLong_FromLong");
                w.file("hello/_native.cp311-win_amd64.pyd", old.bytes())
            },
        ),
        case(
            "3.12 loads another module than abi3",
            Code::StaleModule,
            LINUX_ABI3,
            |w| with(w, &twelve),
        ),
        case(
            "two modules, and none for 3.12",
            Code::WrongSuffix,
            LINUX,
            |w| {
                let w = w.module(&format!("hello/_native.{eleven}"));
                with(w, &of(310))
            },
        ),
        case(
            "one of two Pythons has no file",
            Code::WrongSuffix,
            SEVERAL,
            |w| w.module(&format!("hello/_native.{eleven}")),
        ),
        case(
            "a wheel for any ABI has modules for two Pythons",
            Code::PythonWithoutAbi,
            LINUX_NONE,
            |w| with(with(w.without_native(), &eleven), &twelve),
        ),
    ]
}

pub(super) fn controls() -> Vec<Control> {
    vec![
        good("there is a file for each of two Pythons", SEVERAL, |w| {
            with(w, "cpython-312-x86_64-linux-gnu.so")
        }),
        good(
            "there is a DLL for each of two Pythons",
            "cp311.cp312-cp311.cp312-win_amd64",
            |w| {
                let (_, other) = module(WINDOWS).unwrap();
                w.file("hello/_native.cp312-win_amd64.pyd", other.bytes())
            },
        ),
        good("abi3 and abi3t have a file each", LINUX_BOTH, |w| {
            with(w, "abi3.so")
        }),
        good(
            "a wheel for any ABI has a file for each Python that it is for",
            LINUX_NONE,
            |w| {
                let w = w.metadata(|m| m.set("Requires-Python: >=3.11,<3.13"));
                let w = w.without_native();
                with(
                    with(w, "cpython-311-x86_64-linux-gnu.so"),
                    "cpython-312-x86_64-linux-gnu.so",
                )
            },
        ),
    ]
}
