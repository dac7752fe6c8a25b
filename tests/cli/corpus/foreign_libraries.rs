//! Libraries for other systems and processors, and libraries for other programs, that a wheel contains.

use pyz3_wheel::audit::{Code, Severity};

use super::case::{Case, LINUX, WINDOWS, case};
use super::elf::{self, Elf};
use super::on_linux::helper;
use super::wheel::Wheel;

/// Libraries of other systems that only such libraries load are as foreign as these; what the module
/// loads is not.
pub(super) fn cases() -> Vec<Case> {
    let foreign = |w: Wheel| {
        let driver = arm_library("libdriver.so")
            .needed("libhelper.so.1")
            .runpath("$ORIGIN");
        w.file("hello/arm64/libdriver.so", driver.bytes()).file(
            "hello/arm64/libhelper.so.1",
            arm_library("libhelper.so.1").bytes(),
        )
    };
    let warned = |what, tags, edit: fn(Wheel) -> Wheel, code| {
        case(what, code, tags, move |w| foreign(edit(w))).weighing(Severity::Warning)
    };
    let mut cases = vec![
        warned(
            "a foreign library loads another one",
            LINUX,
            |w| w,
            Code::WrongMachine,
        ),
        warned("the same on Windows", WINDOWS, |w| w, Code::WrongSystem),
        warned(
            "a foreign library loads another one of the name that the module loads",
            LINUX,
            |w| {
                w.elf(|e| e.needed("libhelper.so.1").runpath("$ORIGIN"))
                    .file("hello/libhelper.so.1", helper().bytes())
            },
            Code::WrongMachine,
        ),
        case(
            "a library that is installed for other programs takes what nothing has",
            Code::UndefinedSymbol,
            LINUX,
            |w| {
                w.file(
                    "hello-1.0.data/data/lib/libhelper.so.1",
                    helper().takes("mean_of").bytes(),
                )
            },
        )
        .weighing(Severity::Warning),
        case(
            "a library for musl beside the same one for glibc",
            Code::WrongLibc,
            LINUX,
            |w| {
                let musl = Elf::new(elf::X86_64)
                    .soname("libhelper.so.1")
                    .needed("libc.musl-x86_64.so.1");
                w.elf(|e| e.needed("libhelper.so.1").runpath("$ORIGIN"))
                    .file("hello/libhelper.so.1", helper().bytes())
                    .file("hello/musl/libhelper.so.1", musl.bytes())
            },
        )
        .weighing(Severity::Warning),
    ];
    cases.push(case(
        "the module loads the foreign library, and that the other one",
        Code::WrongMachine,
        LINUX,
        |w| {
            let helper = arm_library("libhelper.so.1").needed("libdriver.so");
            w.elf(|e| e.needed("libhelper.so.1").runpath("$ORIGIN/arm64"))
                .file(
                    "hello/arm64/libhelper.so.1",
                    helper.runpath("$ORIGIN").bytes(),
                )
                .file(
                    "hello/arm64/libdriver.so",
                    arm_library("libdriver.so").bytes(),
                )
        },
    ));
    cases
}

fn arm_library(name: &str) -> Elf {
    Elf::new(elf::AARCH64)
        .soname(name)
        .needs("libc.so.6", "GLIBC_2.17", "free")
}
