//! Binaries for Linux that a loader, a kernel or a processor refuses.

use pyz3_wheel::audit::{Code, Severity};

use super::case::{Case, LINUX, MUSL, PURE, case};
use super::code::{AVX, AVX512};
use super::controls::{Control, good};
use super::elf::{self, Elf};
use super::on_linux::helper;
use super::wheel::{Native, Wheel};
use super::{on_macos, on_windows};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = loading();
    cases.extend(processors());
    cases.extend(places());
    cases.extend(search_paths());
    cases.extend(other_machines());
    cases
}

fn loading() -> Vec<Case> {
    vec![
        case(
            "ELF has text relocations",
            Code::TextRelocations,
            LINUX,
            |w| w.elf(Elf::text_relocations),
        ),
        case(
            "ELF has a flag for text relocations",
            Code::TextRelocations,
            MUSL,
            |w| w.elf(Elf::text_relocations_as_flag),
        ),
        case(
            "ELF asks for an executable stack",
            Code::ExecutableStack,
            LINUX,
            |w| w.elf(Elf::executable_stack),
        ),
        case(
            "ELF says nothing of the stack, which glibc takes for executable",
            Code::ExecutableStack,
            LINUX,
            |w| w.elf(Elf::without_stack),
        ),
        case(
            "ELF for aarch64 has pages of 4 KiB",
            Code::SegmentAlignment,
            "cp312-cp312-manylinux_2_17_aarch64",
            |w| w.elf(|e| e.alignment(4 << 10)),
        ),
        case(
            "ELF for ppc64le has pages of 16 KiB",
            Code::SegmentAlignment,
            "cp312-cp312-manylinux_2_17_ppc64le",
            |w| w.elf(|e| e.alignment(16 << 10)),
        ),
        case(
            "ELF has AVX code and asks nobody",
            Code::CpuBaseline,
            LINUX,
            |w| w.elf(|e| e.code(&AVX.repeat(8))),
        ),
        case(
            "ELF has AVX-512 code and asks nobody",
            Code::CpuBaseline,
            MUSL,
            |w| w.elf(|e| e.code(&AVX512.repeat(8))),
        ),
        case(
            "ELF has AVX code in a wheel for the baseline",
            Code::CpuBaseline,
            LINUX,
            |w| {
                w.elf(|e| e.code(&AVX.repeat(8)))
                    .wheel_file(|f| f.set("Generator: pyz3-wheel 0.1.0 cpu=baseline"))
            },
        )
        .weighing(Severity::Error),
        case(
            "ELF has a path of the build machine",
            Code::BuildPath,
            LINUX,
            |w| w.elf(|e| e.data("assertion failed: /home/ada/hello/src/native.zig\0")),
        ),
    ]
}

/// Files that declare which processor they need.
fn processors() -> Vec<Case> {
    let levels = [
        ("x86-64-v2", 0b0011, LINUX),
        ("x86-64-v3", 0b0111, LINUX),
        ("x86-64-v4", 0b1111, "py3-none-manylinux2014_x86_64"),
        ("x86-64-v3 alone", 0b0100, MUSL),
        ("a level that is not known yet", 0b1_0000, LINUX),
        (
            "x86-64-v3 in 32 bits",
            0b0111,
            "cp312-cp312-manylinux_2_17_i686",
        ),
    ];
    let mut cases: Vec<_> = levels
        .into_iter()
        .map(|(what, levels, tags)| {
            let what = format!("ELF declares that it needs {what}");
            case(&what, Code::IsaLevel, tags, |w| {
                w.elf(|e| e.needs_isa(levels))
            })
        })
        .collect();
    cases.extend([
        case(
            "ELF has AVX code and declares that it needs it",
            Code::IsaLevel,
            LINUX,
            |w| w.elf(|e| e.code(&AVX.repeat(8)).needs_isa(0b0111)),
        ),
        case(
            "a library beside the module declares that it needs x86-64-v3",
            Code::IsaLevel,
            LINUX,
            |w| {
                w.elf(|e| e.needed("libhelper.so.1").runpath("$ORIGIN"))
                    .file("hello/libhelper.so.1", helper().needs_isa(0b0111).bytes())
            },
        ),
    ]);
    cases
}

pub(super) fn controls() -> Vec<Control> {
    vec![
        good("ELF declares that it needs the baseline", LINUX, |w| {
            w.elf(|e| e.needs_isa(0b0001))
        }),
        good("RUNPATH is empty as a whole", LINUX, |w| {
            w.elf(|e| e.runpath(""))
        }),
        good("RPATH is empty as a whole", MUSL, |w| {
            w.elf(|e| e.rpath(""))
        }),
        good("RUNPATH has an empty part, which musl ignores", MUSL, |w| {
            w.elf(|e| e.runpath("$ORIGIN:"))
        }),
        good(
            "ELF uses x86-64-v3 where the processor has it",
            LINUX,
            |w| w.elf(|e| e.uses_isa(0b0111).needs_isa(0b0001)),
        ),
        good(
            "a library for newer processors, which the loader chooses",
            LINUX,
            |w| {
                let newer = helper().needs_isa(0b0111).code(&AVX.repeat(8));
                w.elf(|e| e.needed("libhelper.so.1").runpath("$ORIGIN/../hello.libs"))
                    .file("hello.libs/libhelper.so.1", helper().bytes())
                    .file(
                        "hello.libs/glibc-hwcaps/x86-64-v3/libhelper.so.1",
                        newer.bytes(),
                    )
            },
        ),
        good(
            "an ELF for another processor has the property's number",
            "cp312-cp312-manylinux_2_17_aarch64",
            |w| w.elf(|e| e.needs_isa(0b0111)),
        ),
    ]
}

/// Code where none should be, and none where some should.
fn places() -> Vec<Case> {
    vec![
        case("module is for FreeBSD", Code::WrongSystem, LINUX, |w| {
            w.elf(|e| e.os_abi(elf::FREEBSD))
        }),
        case(
            "ELF lies in a wheel for any platform",
            Code::NativeInPure,
            PURE,
            |w| w.file("hello/libhello.so", helper().bytes()),
        ),
        case(
            "ELF without an ending lies in a wheel for any platform",
            Code::NativeInPure,
            PURE,
            |w| w.file("hello/model", helper().bytes()),
        ),
        case(
            "extension module in a wheel for any platform",
            Code::NativeInPure,
            LINUX,
            |w| w.tagged(PURE),
        )
        .also(&[Code::PythonWithoutAbi, Code::WrongSuffix]),
        case(
            "libraries for Linux, macOS and Windows lie in a wheel for any platform",
            Code::NativeInPure,
            PURE,
            for_all_systems,
        )
        .weighing(Severity::Warning),
        case(
            "a module lies beside libraries for Linux, macOS and Windows",
            Code::NativeInPure,
            LINUX,
            |w| for_all_systems(w.tagged(PURE)),
        )
        .weighing(Severity::Warning)
        .also(&[Code::PythonWithoutAbi, Code::WrongSuffix]),
        case(
            "libraries for Linux and Windows alone lie in a wheel for any platform",
            Code::NativeInPure,
            PURE,
            |w| for_all_systems(w).without("hello/libhelp.dylib"),
        ),
        case(
            "wheel for Linux has no native code",
            Code::NoNativeCode,
            LINUX,
            Wheel::without_native,
        ),
    ]
}

/// Has a library for each of the three systems that most packages support.
fn for_all_systems(wheel: Wheel) -> Wheel {
    wheel
        .file("hello/libhelp.so", helper().bytes())
        .file("hello/libhelp.dylib", on_macos::helper().bytes())
        .file("hello/help.dll", on_windows::helper().bytes())
}

fn search_paths() -> Vec<Case> {
    let searches = |what: &str, paths: &'static str| {
        case(what, Code::UnsafeRpath, LINUX, move |w| {
            w.elf(|e| e.runpath(paths))
        })
    };
    vec![
        case("RPATH is absolute", Code::UnsafeRpath, LINUX, |w| {
            w.elf(|e| e.rpath("/opt/hello/lib"))
        }),
        case(
            "RPATH is absolute under musllinux",
            Code::UnsafeRpath,
            MUSL,
            |w| w.elf(|e| e.rpath("/opt/hello/lib")),
        ),
        searches("RUNPATH is absolute", "/opt/hello/lib"),
        searches(
            "second part of RUNPATH is absolute",
            "$ORIGIN/../hello.libs:/opt/lib",
        ),
        searches("RUNPATH is relative to the current folder", "lib"),
        searches(
            "RUNPATH has an empty part, the current folder",
            "$ORIGIN/../hello.libs:",
        ),
        searches("RUNPATH leads out of the wheel", "$ORIGIN/../../lib"),
        searches(
            "RUNPATH leads out of the wheel by a detour",
            "$ORIGIN/../hello.libs/../../lib",
        ),
        searches(
            "RUNPATH with braces leads out of the wheel",
            "${ORIGIN}/../..",
        ),
        case(
            "RUNPATH is absolute, and leads to no library of the wheel",
            Code::UnsafeRpath,
            LINUX,
            |w| {
                w.elf(|e| e.needed("libhelper.so.1").runpath("/opt/hello/lib"))
                    .file("hello.libs/libhelper.so.1", helper().bytes())
            },
        )
        .weighing(Severity::Error)
        .also(&[Code::UnreachableLibrary]),
        case(
            "RUNPATH is absolute in a wheel that pyz3-wheel built",
            Code::UnsafeRpath,
            LINUX,
            |w| {
                w.elf(|e| e.runpath("/opt/hello/lib"))
                    .wheel_file(|f| f.set("Generator: pyz3-wheel 0.1.0 cpu=baseline"))
            },
        )
        .weighing(Severity::Error),
        case(
            "a library of the wheel has an absolute RUNPATH beside a good one",
            Code::UnsafeRpath,
            LINUX,
            |w| {
                w.elf(|e| e.needed("libhelper.so.1").runpath("$ORIGIN"))
                    .file(
                        "hello/libhelper.so.1",
                        helper().runpath("$ORIGIN:/usr/local/lib64").bytes(),
                    )
            },
        ),
    ]
}

/// Every processor under the tag of every other one.
fn other_machines() -> Vec<Case> {
    let tagged = [
        (elf::X86_64, "manylinux_2_17_x86_64"),
        (elf::I686, "manylinux_2_17_i686"),
        (elf::AARCH64, "manylinux_2_17_aarch64"),
        (elf::ARMV7, "manylinux_2_17_armv7l"),
        (elf::PPC64LE, "manylinux_2_17_ppc64le"),
        (elf::S390X, "manylinux_2_17_s390x"),
        (elf::RISCV64, "manylinux_2_31_riscv64"),
        (elf::X86_64, "musllinux_1_2_x86_64"),
        (elf::AARCH64, "musllinux_1_2_aarch64"),
    ];
    let others = [
        elf::X86_64,
        elf::X32,
        elf::I686,
        elf::AARCH64,
        elf::AARCH64_BE,
        elf::ARMV7,
        elf::ARMV7_BE,
        elf::PPC64LE,
        elf::PPC64,
        elf::S390X,
        elf::RISCV64,
        elf::RISCV32,
        elf::LOONGARCH64,
        elf::MIPS64,
    ];
    let mut cases = Vec::new();
    for (machine, platform) in tagged {
        for other in others.into_iter().filter(|other| *other != machine) {
            let what = format!("module for {} under {platform}", other.name);
            let tags = format!("cp312-cp312-{platform}");
            cases.push(case(&what, Code::WrongMachine, &tags, |w| {
                w.elf(|e| Elf {
                    machine: other,
                    ..e
                })
            }));
        }
    }
    let two = "cp312-cp312-manylinux_2_17_aarch64.manylinux_2_17_x86_64";
    cases.push(case(
        "one module under the tags of two processors",
        Code::WrongMachine,
        two,
        |w| w.module("hello/_native.so"),
    ));
    cases.push(case(
        "a library beside the module is for another processor",
        Code::WrongMachine,
        LINUX,
        |w| {
            let other = Elf {
                machine: elf::AARCH64,
                ..helper()
            };
            w.elf(|e| e.needed("libhelper.so.1").runpath("$ORIGIN"))
                .file("hello/libhelper.so.1", other.bytes())
        },
    ));
    cases.push(
        case(
            "module under .data is for another processor",
            Code::WrongMachine,
            LINUX,
            |w| {
                let (_, native) = w.module.clone().unwrap();
                let Native::Elf(native) = native else {
                    panic!("{native:?}")
                };
                let other = Elf {
                    machine: elf::AARCH64,
                    ..native
                };
                w.module("hello-1.0.data/platlib/hello/_native.cpython-312-x86_64-linux-gnu.so")
                    .native(Native::Elf(other))
            },
        )
        .also(&[Code::RedundantScheme]),
    );
    cases
}
