//! WebAssembly for Pyodide, and for others.

use pyz3_wheel::audit::Code;

use super::case::{Case, IOS, LINUX, PURE, PYODIDE, WINDOWS, case, module_of};
use super::controls::{Control, good};
use super::wasm::{Dylink, Memory, Wasm};

/// A library that the module may load.
fn helper() -> Vec<u8> {
    Wasm::new().gives("help").takes("malloc").bytes()
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = systems();
    cases.extend(names());
    cases.extend(symbols());
    cases
}

fn systems() -> Vec<Case> {
    vec![
        module_of("Pyodide has ELF", Code::WrongSystem, PYODIDE, LINUX),
        module_of(
            "Pyodide has Mach-O for iOS",
            Code::WrongSystem,
            PYODIDE,
            IOS,
        ),
        module_of("Pyodide has a DLL", Code::WrongSystem, PYODIDE, WINDOWS),
        module_of(
            "manylinux has WebAssembly",
            Code::NotALibrary,
            LINUX,
            PYODIDE,
        ),
        module_of(
            "Windows has WebAssembly",
            Code::NotALibrary,
            WINDOWS,
            PYODIDE,
        ),
        case(
            "a pure wheel has WebAssembly for Python",
            Code::NativeInPure,
            PURE,
            |w| {
                w.file(
                    "hello/_native.so",
                    Wasm::new().gives("PyInit__native").bytes(),
                )
            },
        )
        .also(&[Code::PythonWithoutAbi]),
        case(
            "the module has no dylink.0",
            Code::WrongSystem,
            PYODIDE,
            |w| w.wasm(|m| m.dylink(Dylink::None)),
        ),
        case(
            "dylink.0 is not the first section",
            Code::WrongSystem,
            PYODIDE,
            |w| w.wasm(|m| m.dylink(Dylink::Last)),
        ),
        case("the module is for WASI", Code::WrongSystem, PYODIDE, |w| {
            w.wasm(|m| {
                m.dylink(Dylink::None)
                    .memory(Memory::None)
                    .takes_from("wasi_snapshot_preview1", "fd_write")
            })
        }),
        case(
            "the module is for threads",
            Code::WrongSystem,
            PYODIDE,
            |w| w.wasm(|m| m.memory(Memory::Shared)),
        ),
        case(
            "the module has addresses of 64 bits",
            Code::WrongSystem,
            PYODIDE,
            |w| w.wasm(|m| m.memory(Memory::Wide)),
        ),
        case(
            "the module has a memory of its own",
            Code::WrongSystem,
            PYODIDE,
            |w| w.wasm(|m| m.memory(Memory::None)),
        ),
        case("the module is cut off", Code::DamagedBinary, PYODIDE, |w| {
            w.damage(|bytes| bytes.truncate(bytes.len() / 2))
        }),
    ]
}

/// File names and tags that name another Python.
fn names() -> Vec<Case> {
    vec![
        case(
            "the file has the ending of Linux",
            Code::WrongSuffix,
            PYODIDE,
            |w| w.module("hello/_native.cpython-314-x86_64-linux-gnu.so"),
        ),
        case(
            "the file has the ending of WASI",
            Code::WrongSuffix,
            PYODIDE,
            |w| w.module("hello/_native.cpython-314-wasm32-wasi.so"),
        ),
        case(
            "the file has the ending of another Python",
            Code::WrongSuffix,
            PYODIDE,
            |w| w.module("hello/_native.cpython-313-wasm32-emscripten.so"),
        ),
        case(
            "the platform has another Python",
            Code::InterpreterTag,
            PYODIDE,
            |w| w.tagged("cp314-cp314-pyemscripten_2025_0_wasm32"),
        ),
        case(
            "the platform has an older Python",
            Code::InterpreterTag,
            "cp314-abi3-pyemscripten_2026_0_wasm32",
            |w| w.tagged("cp314-abi3-pyemscripten_2025_0_wasm32"),
        ),
        case(
            "the platform has no free-threaded Python",
            Code::InterpreterTag,
            PYODIDE,
            |w| {
                w.tagged("cp314-cp314t-pyemscripten_2026_0_wasm32")
                    .module("hello/_native.cpython-314t-wasm32-emscripten.so")
            },
        )
        .also(&[Code::EnablesGil]),
    ]
}

fn symbols() -> Vec<Case> {
    vec![
        case(
            "the module calls what nothing has",
            Code::UndefinedSymbol,
            PYODIDE,
            |w| w.wasm(|m| m.takes("mean_of")),
        ),
        case(
            "the module takes the address of what nothing has",
            Code::UndefinedSymbol,
            PYODIDE,
            |w| w.wasm(|m| m.takes_address("mean_of")),
        ),
        case(
            "the module takes a variable that nothing has",
            Code::UndefinedSymbol,
            PYODIDE,
            |w| w.wasm(|m| m.takes_variable("mean_of")),
        ),
        case(
            "the module has exceptions in JavaScript",
            Code::UndefinedSymbol,
            PYODIDE,
            |w| w.wasm(|m| m.takes("invoke_vii")),
        ),
        case(
            "the module imports from wasm-bindgen",
            Code::UndefinedSymbol,
            PYODIDE,
            |w| w.wasm(|m| m.takes_from("__wbindgen_placeholder__", "__wbindgen_throw")),
        ),
        case(
            "the module takes what only glibc has",
            Code::UndefinedSymbol,
            PYODIDE,
            |w| w.wasm(|m| m.takes("arc4random_buf")),
        ),
        case(
            "the module takes from Python what it lacks",
            Code::UndefinedSymbol,
            PYODIDE,
            |w| w.wasm(|m| m.takes("PyUnicode_AsUnicode")),
        ),
        case(
            "the module takes what a later Python has",
            Code::UndefinedSymbol,
            "cp313-cp313-pyemscripten_2025_0_wasm32",
            |w| w.wasm(|m| m.takes("PyUnicodeWriter_Create")),
        ),
        case(
            "abi3 uses what is not stable",
            Code::NotStableAbi,
            "cp39-abi3-pyemscripten_2026_0_wasm32",
            |w| w.wasm(|m| m.takes("PyUnicode_New")),
        ),
        case(
            "the module loads a library that is not there",
            Code::ForeignLibrary,
            PYODIDE,
            |w| w.wasm(|m| m.needed("libopenblas.so").takes("cblas_dgemm")),
        ),
        case(
            "the module exports no init function",
            Code::NoInit,
            PYODIDE,
            |w| w.wasm(|m| m.without("PyInit__native")),
        ),
        case(
            "the init function is a variable",
            Code::NoInit,
            PYODIDE,
            |w| w.wasm(|m| m.without("PyInit__native").gives_variable("PyInit__native")),
        ),
        case(
            "the init function is of another module",
            Code::WrongInit,
            PYODIDE,
            |w| w.wasm(|m| m.without("PyInit__native").gives("PyInit_other")),
        ),
        case(
            "the library is not where the loader searches",
            Code::UnreachableLibrary,
            PYODIDE,
            |w| {
                w.wasm(|m| m.needed("libhelp.so").takes("help"))
                    .file("hello.libs/libhelp.so", helper())
            },
        ),
        case(
            "a library beside the module lacks a symbol",
            Code::UndefinedSymbol,
            PYODIDE,
            |w| {
                w.file(
                    "hello.libs/libhelp.so",
                    Wasm::new().gives("help").takes("mean_of").bytes(),
                )
            },
        ),
    ]
}

pub(super) fn controls() -> Vec<Control> {
    vec![
        good("the module takes what the runtime has", PYODIDE, |w| {
            w.wasm(|m| {
                m.takes("strlen")
                    .takes("getenv")
                    .takes("_Znwm")
                    .takes_address("PyType_GenericNew")
                    .takes_variable("PyExc_ValueError")
            })
        }),
        good("the module calls WASI as the runtime does", PYODIDE, |w| {
            w.wasm(|m| m.takes_from("wasi_snapshot_preview1", "fd_close"))
        }),
        good("a weak import may be missing", PYODIDE, |w| {
            w.wasm(|m| m.may_take("mean_of"))
        }),
        good("the module imports what it exports", PYODIDE, |w| {
            w.wasm(|m| m.gives("mean_of").takes_address("mean_of"))
        }),
        good("the module loads a library of the wheel", PYODIDE, |w| {
            w.wasm(|m| {
                m.needed("libhelp.so")
                    .takes("help")
                    .rpath("$ORIGIN/../hello.libs")
            })
            .file("hello.libs/libhelp.so", helper())
        }),
        good("the library lies beside all packages", PYODIDE, |w| {
            w.wasm(|m| m.needed("_libhelp.so").takes("help"))
                .file("_libhelp.so", helper())
        }),
        good("the file has a plain name", PYODIDE, |w| {
            w.module("hello/_native.so")
        }),
        good("the platform is not known yet", PYODIDE, |w| {
            w.tagged("cp314-cp314-pyemscripten_2027_0_wasm32")
                .wasm(|m| m.takes("mean_of"))
        }),
        good("WebAssembly is data in a pure wheel", PURE, |w| {
            w.file(
                "hello/data/query.wasm",
                Wasm::new().dylink(Dylink::None).bytes(),
            )
        }),
        good("WebAssembly is data in a wheel for Linux", LINUX, |w| {
            w.file(
                "hello/query.wasm",
                Wasm::new().dylink(Dylink::None).takes("x").bytes(),
            )
        }),
        good("programs for WASI are data in Pyodide", PYODIDE, |w| {
            w.file(
                "hello/tool.wasm",
                Wasm::new().dylink(Dylink::None).gives("_start").bytes(),
            )
        }),
    ]
}
