//! Symbols that a binary takes from elsewhere and that something provides, though not the C library that it links.

use super::case::{LINUX, LINUX_FREE, MACOS, WINDOWS};
use super::controls::{Control, good};
use super::on_linux::helper;
use super::undefined::{LATER, through_another};
use super::{on_macos, on_windows};

pub(super) fn controls() -> Vec<Control> {
    let mut controls = on_linux();
    controls.extend(elsewhere());
    controls
}

fn on_linux() -> Vec<Control> {
    vec![
        good("a function of libm, which is not linked", LINUX, |w| {
            w.elf(|e| e.takes("cos"))
        }),
        good(
            "functions and variables of glibc without versions",
            LINUX,
            |w| {
                w.elf(|e| {
                    e.takes("malloc")
                        .takes("pthread_create")
                        .takes_variable("environ")
                        .takes_variable("stdout")
                })
            },
        ),
        good(
            "a thread-local variable of a library that another one loads",
            LINUX,
            |w| {
                let library = helper().gives_variable("mean_of_thread");
                through_another(w.elf(|e| e.takes_thread_local("mean_of_thread")), &library)
            },
        ),
        good("a function that is weak", LINUX, |w| {
            w.elf(|e| e.may_take("mean_of"))
        }),
        good("a function of a library that is in the wheel", LINUX, |w| {
            w.elf(|e| e.needed("libhelper.so.1").runpath("$ORIGIN").takes("help"))
                .file("hello/libhelper.so.1", helper().bytes())
        }),
        good(
            "a function of a library that the wheel's library loads",
            LINUX,
            |w| {
                let library = helper().needed("libz.so.1");
                w.elf(|e| {
                    e.needed("libhelper.so.1")
                        .runpath("$ORIGIN")
                        .takes("inflate")
                })
                .file("hello/libhelper.so.1", library.bytes())
            },
        ),
        good(
            "a function of a library that Python code loads for all modules",
            LINUX,
            |w| {
                let python = "import ctypes\nctypes.CDLL(\"libhelper.so.1\", ctypes.RTLD_GLOBAL)\n";
                w.elf(|e| e.takes("help"))
                    .file("hello/libhelper.so.1", helper().bytes())
                    .file("hello/preload.py", python)
            },
        ),
        good(
            "a library takes a function of the module that loads it",
            LINUX,
            |w| {
                w.elf(|e| {
                    e.needed("libhelper.so.1")
                        .runpath("$ORIGIN")
                        .gives("mean_of")
                })
                .file("hello/libhelper.so.1", helper().takes("mean_of").bytes())
            },
        ),
        good(
            "a function of X11, whose symbols are not known",
            LINUX,
            |w| w.elf(|e| e.needed("libX11.so.6").takes("XOpenDisplay")),
        ),
        good(
            "functions of the C++ runtime without versions",
            LINUX,
            |w| {
                w.elf(|e| {
                    e.needed("libstdc++.so.6")
                        .takes("_ZSt9terminatev")
                        .takes("__cxa_throw")
                })
            },
        ),
        good(
            "a function of a later Python in a later wheel",
            "cp313-cp313-manylinux_2_17_x86_64",
            |w| w.elf(|e| e.takes(LATER)),
        ),
        good(
            "a function that only free-threaded Python has",
            LINUX_FREE,
            |w| w.elf(|e| e.takes("_Py_DecRefShared")),
        ),
    ]
}

fn elsewhere() -> Vec<Control> {
    vec![
        good("functions of macOS with two underscores", MACOS, |w| {
            w.macho(|m| {
                m.takes("__error")
                    .takes("__stack_chk_fail")
                    .takes("__cxa_throw")
            })
        }),
        good("a function of Python for Windows", WINDOWS, |w| {
            w.pe(|p| p.takes("python312.dll", "PyErr_SetFromWindowsErr"))
        }),
        good(
            "a function of CoreFoundation, which Python links",
            MACOS,
            |w| w.macho(|m| m.takes("CFBundleGetMainBundle")),
        ),
        good(
            "a function of a library of the wheel, by its place",
            MACOS,
            |w| {
                w.macho(|m| m.takes_from("@loader_path/libhelper.dylib", "help"))
                    .file("hello/libhelper.dylib", on_macos::helper().bytes())
            },
        ),
        good("a function of a DLL of the wheel", WINDOWS, |w| {
            w.pe(|p| p.takes("Helper.dll", "help"))
                .file("hello/helper.dll", on_windows::helper().bytes())
        }),
    ]
}
