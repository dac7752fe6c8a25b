//! Wheels for Python 2 and for implementations other than CPython, and tags that no Python has.

use pyz3_wheel::audit::{Code, Severity};

use super::case::{Case, LINUX, case};
use super::wheel::Wheel;

const PYTHON_2_WINDOWS: &str = "cp27-cp27m-win_amd64";

pub(super) fn cases() -> Vec<Case> {
    let mut cases = python_2_modules();
    cases.extend(tags());
    cases
}

/// Modules of Python 2, whose names and libraries are not those of Python 3.
fn python_2_modules() -> Vec<Case> {
    let python_2_case = |what: &str, tags: &str, edit: fn(Wheel) -> Wheel| {
        case(what, Code::NotJudged, tags, edit).weighing(Severity::Note)
    };
    vec![
        python_2_case(
            "a module for Python 2.7 on Windows",
            PYTHON_2_WINDOWS,
            |w| {
                let w = python_2(w, "hello/_native.pyd");
                w.pe(|p| {
                    let p = p.without("PyInit__native").gives("init_native");
                    p.takes("MSVCR90.dll", "malloc")
                })
            },
        ),
        python_2_case(
            "a module for Python 2.7 on macOS",
            "cp27-cp27m-macosx_10_9_x86_64",
            |w| {
                let w = python_2(w, "hello/_native.so");
                w.macho(|m| {
                    let m = m.without("PyInit__native").gives("init_native");
                    m.takes("PyString_FromString").takes("Py_InitModule4_64")
                })
            },
        ),
        python_2_case(
            "a module for Python 2.7 on Linux",
            "cp27-cp27mu-manylinux1_x86_64",
            |w| {
                let w = python_2(w, "hello/_native.so");
                w.elf(|e| {
                    let e = e.without("PyInit__native").gives("init_native");
                    e.takes("PyUnicodeUCS4_FromString")
                        .takes("Py_InitModule4_64")
                })
            },
        ),
    ]
}

/// The wheel is for Python 2, and its module has this path.
fn python_2(w: Wheel, path: &str) -> Wheel {
    let w = w.metadata(|m| m.drop("Requires-Python").add("Requires-Python: >=2.7"));
    w.module(path)
}

fn tags() -> Vec<Case> {
    let unknown = |tags: &'static str| {
        case(
            &format!("no Python has {tags}"),
            Code::InterpreterTag,
            LINUX,
            |w| w.tagged(tags).module("hello/_native.so"),
        )
        .also(&[Code::EnablesGil])
    };
    let unjudged = |what, tags: &'static str, ending: &'static str| {
        case(what, Code::NotJudged, LINUX, |w| {
            w.tagged(tags)
                .module(&format!("hello/_native.{ending}"))
                .metadata(|m| m.drop("Requires-Python"))
        })
        .weighing(Severity::Note)
    };
    vec![
        unknown("cp312-foo-manylinux_2_17_x86_64"),
        unknown("cp315-abi4-manylinux_2_17_x86_64"),
        unknown("cp315t-abi3t-manylinux_2_17_x86_64"),
        unknown("cp314t-cp314t-manylinux_2_17_x86_64"),
        unjudged(
            "the wheel is for PyPy",
            "pp311-pypy311_pp73-manylinux_2_17_x86_64",
            "pypy311-pp73-x86_64-linux-gnu.so",
        ),
        unjudged(
            "the wheel is for the next ABI of PyPy",
            "pp311-pypy311_pp80-manylinux_2_17_x86_64",
            "pypy311-pp80-x86_64-linux-gnu.so",
        ),
        unjudged(
            "the wheel is for GraalPy",
            "graalpy312-graalpy250_312_native-manylinux_2_17_x86_64",
            "graalpy250-312-native-x86_64-linux.so",
        ),
        unjudged(
            "the wheel is for Python 2",
            "cp27-cp27mu-manylinux_2_17_x86_64",
            "so",
        ),
    ]
}
