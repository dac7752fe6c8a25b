//! Files and commands that installers put at one place, at a place that is not theirs, or in front of another Python.

use pyz3_wheel::audit::{Code, Severity};

use super::case::{Case, LINUX, LINUX_NONE, PURE, WINDOWS_NONE, case};
use super::controls::{Control, good};
use super::elf::{self, Elf};
use super::on_linux;
use super::wheel::{DIST, INIT, Wheel};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = twice();
    cases.extend(nearly_twice());
    cases.extend(purelib());
    cases.extend(shebangs());
    cases.extend(requires_python());
    cases
}

/// Has these entry points.
fn commands(wheel: Wheel, text: &str) -> Wheel {
    wheel.file(&format!("{DIST}/entry_points.txt"), text)
}

fn twice() -> Vec<Case> {
    let has = |what, tags, paths: [&'static str; 2]| {
        case(what, Code::InstalledTwice, tags, move |w| {
            w.file(paths[0], "first = 1\n")
                .file(paths[1], "second = 2\n")
        })
        .also(&[Code::RedundantScheme])
    };
    let runs = |what, tags, text: &'static str| {
        case(what, Code::InstalledTwice, tags, move |w| commands(w, text))
    };
    vec![
        has(
            "a module is at the root and in purelib",
            PURE,
            [INIT, "hello-1.0.data/purelib/hello/__init__.py"],
        ),
        has(
            "a module is at the root and in platlib",
            PURE,
            [INIT, "hello-1.0.data/platlib/hello/__init__.py"],
        ),
        has(
            "a module is in purelib and in platlib",
            LINUX,
            [
                "hello-1.0.data/purelib/hello/a.py",
                "hello-1.0.data/platlib/hello/a.py",
            ],
        ),
        case(
            "a file is at the root and in platlib with the same contents",
            Code::InstalledTwice,
            LINUX,
            |w| {
                w.file("hello/a.txt", "the same\n")
                    .file("hello-1.0.data/platlib/hello/a.txt", "the same\n")
            },
        )
        .also(&[Code::DuplicateFiles, Code::RedundantScheme]),
        has(
            "a program is in scripts and in bin",
            LINUX,
            [
                "hello-1.0.data/scripts/hello",
                "hello-1.0.data/data/bin/hello",
            ],
        ),
        has(
            "a program is in scripts and in Scripts",
            WINDOWS_NONE,
            [
                "hello-1.0.data/scripts/hello.cmd",
                "hello-1.0.data/data/Scripts/hello.cmd",
            ],
        ),
        case(
            "a program has the name of a command",
            Code::InstalledTwice,
            PURE,
            |w| {
                let w = w.file("hello-1.0.data/scripts/hello", "#!python\n");
                commands(w, "[console_scripts]\nhello = hello:main\n")
            },
        ),
        runs(
            "a command is both for a console and for a window",
            PURE,
            "[console_scripts]\nhello = hello:main\n[gui_scripts]\nhello = hello:window\n",
        ),
        runs(
            "a command in a wheel for Windows is in both groups",
            WINDOWS_NONE,
            "[gui_scripts]\nhello = hello:main\n\n[ console_scripts ]\nx = hello:x\nhello=hello:m\n",
        ),
    ]
}

/// Names that are one on some systems only.
fn nearly_twice() -> Vec<Case> {
    let differ = "[console_scripts]\nhello = hello:main\nHello = hello:other\n";
    let across = "[console_scripts]\nhello = hello:main\n[gui_scripts]\nHELLO = hello:other\n";
    vec![
        case("commands differ in case", Code::PathCollision, PURE, |w| {
            commands(w, differ)
        }),
        case(
            "commands of two groups differ in case on Windows",
            Code::PathCollision,
            WINDOWS_NONE,
            |w| commands(w, across),
        ),
        case(
            "commands for Linux differ in case",
            Code::PathCollision,
            LINUX,
            |w| commands(w, differ),
        )
        .weighing(Severity::Warning),
        case(
            "modules of two folders differ in case",
            Code::PathCollision,
            PURE,
            |w| {
                w.file("hello/data.py", "x = 1\n")
                    .file("hello-1.0.data/platlib/hello/Data.py", "x = 2\n")
            },
        ),
        case(
            "a file is a folder in another folder of .data",
            Code::PathFileAndFolder,
            LINUX,
            |w| {
                w.file("hello/data/a.txt", "1\n")
                    .file("hello-1.0.data/purelib/hello/data", "2\n")
            },
        ),
    ]
}

fn purelib() -> Vec<Case> {
    let library = || {
        let elf = Elf::new(elf::X86_64).gives("hello").needed("libc.so.6");
        elf.bytes()
    };
    vec![
        case(
            "a library is at the root, which goes into purelib",
            Code::NativeInPure,
            LINUX_NONE,
            |w| w.wheel_file(|f| f.set("Root-Is-Purelib: true")),
        )
        .weighing(Severity::Warning),
        case(
            "a module is at the root, which goes into purelib",
            Code::NativeInPure,
            LINUX,
            |w| w.wheel_file(|f| f.set("Root-Is-Purelib: True")),
        )
        .weighing(Severity::Warning),
        case("a module is in purelib", Code::NativeInPure, LINUX, |w| {
            w.module("hello-1.0.data/purelib/hello/_native.cpython-312-x86_64-linux-gnu.so")
        }),
        case(
            "a second library is in purelib",
            Code::NativeInPure,
            LINUX_NONE,
            |w| w.file("hello-1.0.data/purelib/hello/libother.so", library()),
        ),
        case(
            "a pure wheel has a folder for pure files",
            Code::RedundantScheme,
            PURE,
            |w| w.file("hello-1.0.data/purelib/hello/a.py", "x = 1\n"),
        ),
        case(
            "a wheel for Linux has a folder for files of platforms",
            Code::RedundantScheme,
            LINUX,
            |w| w.file("hello-1.0.data/platlib/hello/a.txt", "x\n"),
        ),
        case(
            "a module in platlib loads a library at the root",
            Code::RedundantScheme,
            LINUX,
            |w| {
                w.elf(|e| e.needed("libhelper.so.1").runpath("$ORIGIN/../hello.libs"))
                    .module("hello-1.0.data/platlib/hello/_native.cpython-312-x86_64-linux-gnu.so")
                    .file("hello.libs/libhelper.so.1", on_linux::helper().bytes())
            },
        ),
    ]
}

fn shebangs() -> Vec<Case> {
    let begins = |what, line: &'static str| {
        case(what, Code::ScriptShebang, PURE, move |w| {
            let text = format!("{line}\nimport hello\n");
            w.file("hello-1.0.data/scripts/hello", text)
        })
    };
    vec![
        begins(
            "a program names the Python of the system",
            "#!/usr/bin/python3",
        ),
        begins(
            "a program names the Python that it was built with",
            "#! /home/ada/venv/bin/python3.12 -E\r",
        ),
        begins(
            "a program looks for any Python",
            "#!/usr/bin/env -S python3 -u",
        ),
    ]
}

fn requires_python() -> Vec<Case> {
    let requires = |what, tags, line: &'static str| {
        case(what, Code::RequiresPython, tags, move |w| {
            w.metadata(|m| m.set(line))
        })
    };
    vec![
        requires(
            "a wheel for 3.12 requires 3.13",
            LINUX,
            "Requires-Python: >=3.13",
        ),
        requires(
            "a wheel for 3.12 requires an older Python",
            LINUX,
            "Requires-Python: <3.12",
        ),
        requires(
            "a wheel for 3.9 and later requires an older Python",
            super::case::LINUX_ABI3,
            "Requires-Python: ~=3.8.0",
        ),
        requires(
            "a wheel for Python 3 requires Python 2",
            PURE,
            "Requires-Python: <3",
        ),
    ]
}

/// Good wheels that look alike.
pub(super) fn controls() -> Vec<Control> {
    let requires =
        |what, tags, line: &'static str| good(what, tags, move |w| w.metadata(|m| m.set(line)));
    vec![
        good("other modules of the package are in purelib", LINUX, |w| {
            w.file("hello-1.0.data/purelib/hello/a.py", "x = 1\n")
        }),
        good("a pure wheel has a folder for platforms", PURE, |w| {
            w.file("hello-1.0.data/platlib/hello/a.py", "x = 1\n")
        }),
        good("files of one name are in folders of their own", PURE, |w| {
            w.file("hello-1.0.data/scripts/hello.h", "#!python\n1\n")
                .file("hello-1.0.data/headers/hello.h", "2\n")
                .file("hello-1.0.data/data/hello.h", "3\n")
                .file("hello-1.0.data/data/share/bin/hello.h", "4\n")
                .file("hello/hello.h", "5\n")
        }),
        good("two commands are nearly the same", PURE, |w| {
            let text = "[console_scripts]\nhello = hello:main\nhello-w = hello:main\n\
                [gui_scripts]\nhellow = hello:main\n[plugins]\nhello = hello:main\n";
            commands(w, text)
        }),
        good("a plugin differs from a command in case", PURE, |w| {
            commands(
                w,
                "[console_scripts]\nhello = hello:a\n[b]\nHello = hello:b\nHELLO = hello:c\n",
            )
        }),
        good("programs are for other interpreters", PURE, |w| {
            w.file("hello-1.0.data/scripts/a", "#!python3 -E\n")
                .file("hello-1.0.data/scripts/b", "#!pythonw\n")
                .file(
                    "hello-1.0.data/scripts/c",
                    "#!/bin/sh\nexec python3 -m hello\n",
                )
                .file("hello-1.0.data/scripts/d", "#!/usr/bin/env bash\n")
                .file(
                    "hello-1.0.data/scripts/e",
                    "import hello\n#!/usr/bin/python3\n",
                )
                .file("hello/tool.py", "#!/usr/bin/env python3\n")
        }),
        good("a program is not marked as one", PURE, |w| {
            w.file("hello-1.0.data/scripts/hello", "#!python\n")
                .entry("hello-1.0.data/scripts/hello", |e| e.mode(0o100_644))
        }),
        requires(
            "3.12 is the first that is required",
            LINUX,
            "Requires-Python: >=3.12.4",
        ),
        requires(
            "3.12 is the last that is allowed",
            LINUX,
            "Requires-Python: >=3.9,<3.13",
        ),
        requires(
            "a later Python than the floor is required",
            super::case::LINUX_ABI3,
            "Requires-Python: >=3.11",
        ),
        requires(
            "Python 2 is allowed too",
            "py2.py3-none-any",
            "Requires-Python: >=3.6",
        ),
    ]
}
