//! Symbols that a binary takes from elsewhere and that nothing provides.

use pyz3_wheel::audit::Code;

use super::case::{
    Case, INTEL, LINUX, LINUX_ABI3, LINUX_FREE, LINUX_NONE, MACOS, MACOS_ABI3, MACOS_NONE, MUSL,
    UNIVERSAL, WINDOWS, case,
};
use super::elf::{self, Elf};
use super::macho;
use super::on_linux::helper;
use super::wheel::Wheel;
use super::{on_macos, on_windows};

/// A module for Python 3.11 takes this from Python 3.13.
pub(super) const LATER: &str = "PyList_Extend";

pub(super) fn cases() -> Vec<Case> {
    let mut cases = forgotten_sources();
    cases.extend(kinds_of_symbols());
    cases.extend(pythons());
    cases.extend(shipped_libraries());
    cases
}

fn forgotten_sources() -> Vec<Case> {
    let elf = |w: Wheel| w.elf(|e| e.takes("mean_of"));
    let macho = |w: Wheel| w.macho(|m| m.takes("mean_of"));
    let mut cases: Vec<_> = [LINUX, LINUX_ABI3, LINUX_FREE, LINUX_NONE, MUSL]
        .into_iter()
        .map(|tags| {
            let what = format!("ELF takes a function that nothing has: {tags}");
            case(&what, Code::UndefinedSymbol, tags, elf)
        })
        .collect();
    cases.extend(
        [MACOS, MACOS_ABI3, MACOS_NONE, INTEL]
            .into_iter()
            .map(|tags| {
                let what = format!("Mach-O takes a function that nothing has: {tags}");
                case(&what, Code::UndefinedSymbol, tags, macho)
            }),
    );
    cases.extend([
        case(
            "one slice takes a function that nothing has",
            Code::UndefinedSymbol,
            UNIVERSAL,
            |w| w.slice(macho::ARM64, |m| m.takes("_ZN4absl6StrCatEv")),
        ),
        case(
            "a function is exported by the other slice alone",
            Code::UndefinedSymbol,
            UNIVERSAL,
            |w| {
                w.slice(macho::ARM64, |m| m.takes("mean_of"))
                    .slice(macho::X86_64, |m| m.gives("mean_of"))
            },
        ),
        case(
            "a function of C++ that no runtime has",
            Code::UndefinedSymbol,
            LINUX,
            |w| w.elf(|e| e.needed("libstdc++.so.6").takes("_ZN5hello4meanEdd")),
        ),
        case(
            "ELF takes a function of a later glibc without a version",
            Code::UndefinedSymbol,
            LINUX,
            |w| w.elf(|e| e.takes("arc4random")),
        ),
        case(
            "a name that begins like Python's but is not one",
            Code::UndefinedSymbol,
            LINUX,
            |w| w.elf(|e| e.takes("PyHello_Mean")),
        ),
        case(
            "a library beside the module takes what nothing has",
            Code::UndefinedSymbol,
            LINUX,
            |w| {
                w.elf(|e| e.needed("libhelper.so.1").runpath("$ORIGIN"))
                    .file("hello/libhelper.so.1", helper().takes("mean_of").bytes())
            },
        ),
    ]);
    cases
}

/// Other symbols than functions, and other ways to be linked.
fn kinds_of_symbols() -> Vec<Case> {
    let elf = |what: &str, tags, edit: fn(Elf) -> Elf| {
        case(what, Code::UndefinedSymbol, tags, |w| w.elf(edit))
    };
    vec![
        elf("ELF takes a variable that nothing has", LINUX, |e| {
            e.takes_variable("mean_table")
        }),
        elf(
            "ELF takes a thread-local variable that nothing has",
            LINUX_ABI3,
            |e| e.takes_thread_local("mean_of_thread"),
        ),
        elf(
            "ELF for musl takes a thread-local variable that nothing has",
            MUSL,
            |e| e.takes_thread_local("mean_of_thread"),
        ),
        elf(
            "ELF with DT_SYMBOLIC takes a function that nothing has",
            LINUX,
            |e| e.symbolic().takes("mean_of"),
        ),
        elf(
            "ELF that loads libgcc takes a function that nothing has",
            LINUX,
            |e| e.needed("libgcc_s.so.1").takes("mean_of"),
        ),
        case(
            "ELF takes a function that no library of a chain has",
            Code::UndefinedSymbol,
            LINUX,
            |w| through_another(w.elf(|e| e.takes("mean_of")), &helper()),
        ),
        case(
            "a library for ctypes takes a variable that nothing has",
            Code::UndefinedSymbol,
            LINUX_NONE,
            |w| {
                w.without_native().file(
                    "hello/libhelper.so",
                    helper().takes_variable("mean_table").bytes(),
                )
            },
        ),
    ]
}

/// The module loads a library that loads this one.
pub(super) fn through_another(w: Wheel, library: &Elf) -> Wheel {
    let between = Elf::new(elf::X86_64)
        .soname("libbetween.so.1")
        .needed("libhelper.so.1")
        .runpath("$ORIGIN");
    w.elf(|e| e.needed("libbetween.so.1").runpath("$ORIGIN"))
        .file("hello/libbetween.so.1", between.bytes())
        .file("hello/libhelper.so.1", library.bytes())
}

fn pythons() -> Vec<Case> {
    let of_311 = |tags: &str| tags.replace("312", "311");
    let mut cases = Vec::new();
    for (tags, system) in [
        (LINUX, "ELF"),
        (MUSL, "ELF for musl"),
        (MACOS, "Mach-O"),
        (WINDOWS, "PE"),
    ] {
        let what = format!("{system} takes a function of a later Python");
        cases.push(case(
            &what,
            Code::UndefinedSymbol,
            &of_311(tags),
            |w| match system {
                "Mach-O" => w.macho(|m| m.takes(LATER)),
                "PE" => w.pe(|p| p.takes("python311.dll", LATER)),
                _ => w.elf(|e| e.takes(LATER)),
            },
        ));
    }
    cases.extend([
        case(
            "ELF takes a function that Python lost",
            Code::UndefinedSymbol,
            LINUX,
            |w| w.elf(|e| e.takes("PyUnicode_AsUnicode")),
        ),
        case(
            "ELF takes a function of Python for Windows",
            Code::UndefinedSymbol,
            LINUX,
            |w| w.elf(|e| e.takes("PyErr_SetFromWindowsErr")),
        ),
        case(
            "ELF takes a function of free-threaded Python",
            Code::UndefinedSymbol,
            LINUX,
            |w| {
                w.tagged("cp313-cp313-manylinux_2_17_x86_64")
                    .module("hello/_native.so")
                    .elf(|e| e.takes("_Py_DecRefShared"))
            },
        ),
        // Whatever a library has whose symbols are not known, it has none of Python's.
        case(
            "ELF that loads X11 takes a function of a later Python",
            Code::UndefinedSymbol,
            &of_311(LINUX),
            |w| w.elf(|e| e.needed("libX11.so.6").takes(LATER)),
        ),
    ]);
    cases
}

fn shipped_libraries() -> Vec<Case> {
    vec![
        case(
            "ELF takes a function of a library of the wheel that it does not load",
            Code::UndefinedSymbol,
            LINUX,
            |w| {
                w.elf(|e| e.takes("help"))
                    .file("hello/libhelper.so.1", helper().bytes())
            },
        ),
        case("the same for musl", Code::UndefinedSymbol, MUSL, |w| {
            let library = Elf::new(elf::X86_64).soname("libhelper.so.1").gives("help");
            w.elf(|e| e.takes("help"))
                .file("hello/libhelper.so.1", library.bytes())
        }),
        case(
            "Mach-O takes a function of a library of the wheel that no module loads",
            Code::UndefinedSymbol,
            MACOS,
            |w| {
                w.macho(|m| m.takes("help"))
                    .file("hello/libhelper.dylib", on_macos::helper().bytes())
            },
        ),
        case(
            "Mach-O takes a function with two underscores that nothing has",
            Code::UndefinedSymbol,
            MACOS,
            |w| w.macho(|m| m.takes("__my_helper")),
        ),
        case(
            "Mach-O is bound to a library of the wheel that lacks it",
            Code::UndefinedSymbol,
            MACOS,
            |w| {
                w.macho(|m| m.takes_from("@loader_path/libhelper.dylib", "mean_of"))
                    .file("hello/libhelper.dylib", on_macos::helper().bytes())
            },
        ),
        case(
            "PE takes from a DLL of the wheel what it lacks",
            Code::UndefinedSymbol,
            WINDOWS,
            |w| {
                w.pe(|p| p.takes("Helper.dll", "mean_of"))
                    .file("hello/helper.dll", on_windows::helper().bytes())
            },
        ),
    ]
}
