//! Files that a wheel should not have, or should have elsewhere.

use pyz3_wheel::audit::{Code, Severity};

use super::case::{Case, LINUX, PURE, WINDOWS, case};
use super::elf::{self, Elf};
use super::wheel::{DIST, INIT};
use super::zip::Entry;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = files();
    cases.extend(top_level());
    cases.extend(names());
    cases.extend(empty());
    cases.extend(data_folders());
    cases.extend(startup());
    cases.extend(native());
    cases
}

/// A pure wheel has one more file.
fn has(what: &str, code: Code, path: &str) -> Case {
    case(what, code, PURE, |w| w.file(path, format!("# {path}\n")))
}

fn files() -> Vec<Case> {
    let reserved = |name: &str| {
        let path = format!("{DIST}/{name}");
        case(
            &format!("the wheel has {name}"),
            Code::ReservedFile,
            PURE,
            |w| w.file(&path, "{\"url\": \"https://example.org\"}\n"),
        )
    };
    let text = "the same text in two files\n".repeat(50);
    vec![
        reserved("INSTALLER"),
        reserved("REQUESTED"),
        reserved("direct_url.json"),
        has(
            "there is a folder in .data that nobody knows",
            Code::DataScheme,
            "hello-1.0.data/lib/hello.txt",
        ),
        case(
            "the wheel has more than 100 MiB",
            Code::UploadSize,
            PURE,
            |w| {
                let size = 100 << 20;
                w.fill("hello/big.bin", 7, size)
                    .entry("hello/big.bin", move |e| {
                        *e = Entry::stored("hello/big.bin", &vec![7; size]);
                    })
            },
        ),
        has(
            "there is bytecode",
            Code::Bytecode,
            "hello/__pycache__/__init__.cpython-312.pyc",
        ),
        has(
            "there is bytecode beside its source",
            Code::Bytecode,
            "hello/__init__.pyc",
        ),
        case(
            "two files have the same contents",
            Code::DuplicateFiles,
            PURE,
            |w| w.file("hello/a.txt", &text).file("hello/b.txt", &text),
        ),
    ]
}

fn top_level() -> Vec<Case> {
    vec![
        has(
            "tests are at top level",
            Code::CommonName,
            "tests/__init__.py",
        )
        .also(&[Code::ManyTopLevel]),
        has(
            "documentation is at top level",
            Code::CommonName,
            "docs/__init__.py",
        )
        .also(&[Code::ManyTopLevel]),
        has("a README is at top level", Code::TopLevelFile, "README.md")
            .also(&[Code::ManyTopLevel]),
        has(
            "two packages are at top level",
            Code::ManyTopLevel,
            "world/__init__.py",
        ),
        has(
            "a module is beside the package",
            Code::ManyTopLevel,
            "greet.py",
        ),
        has(
            "a module for tests is beside the package",
            Code::ManyTopLevel,
            "hello_tests.py",
        )
        .weighing(Severity::Warning),
        has(
            "the project's own setup.py is beside the package",
            Code::ManyTopLevel,
            "setup.py",
        )
        .weighing(Severity::Warning),
        has(
            "the stubs of the package are beside it",
            Code::ManyTopLevel,
            "hello-stubs/__init__.pyi",
        ),
        has(
            "an __init__.py is at top level",
            Code::InitAtTop,
            "__init__.py",
        ),
    ]
}

/// Modules that no program can import.
fn names() -> Vec<Case> {
    vec![
        has(
            "a module is in a folder that is not a package",
            Code::NotImportable,
            "hello/my-code/a.py",
        ),
        has(
            "a hook of a packager is named as it wants it",
            Code::NotImportable,
            "hello/_hooks/hook-hello.py",
        ),
        has(
            "the folder of a project was packed instead of its package",
            Code::NotImportable,
            "my-project/world/a.py",
        )
        .also(&[Code::ManyTopLevel])
        .weighing(Severity::Warning),
        case(
            "an extension module has a name that cannot be imported",
            Code::NotImportable,
            LINUX,
            |w| {
                w.module("hello/my-code.cpython-312-x86_64-linux-gnu.so")
                    .elf(|e| e.without("PyInit__native").gives("PyInit_my-code"))
            },
        )
        .weighing(Severity::Warning),
    ]
}

fn empty() -> Vec<Case> {
    vec![
        has("a folder has no module", Code::NoModules, "words/words.txt")
            .also(&[Code::ManyTopLevel])
            .weighing(Severity::Warning),
        case(
            "the wheel has nothing but data",
            Code::NoModules,
            PURE,
            |w| w.without(INIT).file("words/words.txt", "a\nb\n"),
        )
        .weighing(Severity::Note),
        case("nothing is in the wheel", Code::Empty, PURE, |w| {
            w.without(INIT)
        }),
        case(
            "the wheel has nothing but programs",
            Code::Empty,
            PURE,
            |w| {
                w.without(INIT)
                    .file("hello-1.0.data/scripts/hello", "#!python\n")
            },
        )
        .weighing(Severity::Note),
        case(
            "the wheel has nothing but dependencies",
            Code::Empty,
            PURE,
            |w| w.without(INIT).metadata(|m| m.add("Requires-Dist: world")),
        )
        .weighing(Severity::Note),
    ]
}

/// What installers refuse below `.data`, or install over the environment.
fn data_folders() -> Vec<Case> {
    let has = |what, code, path: &'static str| {
        case(what, code, PURE, move |w| w.file(path, "#!python\n"))
    };
    vec![
        has(
            "a .data folder is another project's",
            Code::ForeignData,
            "other-2.0.data/scripts/hello",
        ),
        has(
            "a .data folder has no version",
            Code::ForeignData,
            "hello.data/purelib/hello/a.py",
        ),
        has(
            "a file is called as a .data folder",
            Code::ForeignData,
            "hello.data",
        )
        .also(&[Code::TopLevelFile, Code::ManyTopLevel]),
        has(
            "a file in .data is called as a folder",
            Code::DataScheme,
            "hello-1.0.data/scripts",
        ),
        has(
            "a folder is among the programs",
            Code::DataScheme,
            "hello-1.0.data/scripts/sub/hello",
        ),
        has(
            "a program replaces the interpreter",
            Code::ScriptName,
            "hello-1.0.data/scripts/python",
        ),
        has(
            "a program replaces an interpreter on Windows",
            Code::ScriptName,
            "hello-1.0.data/scripts/PYTHON3.EXE",
        ),
        has(
            "a program below data replaces the interpreter",
            Code::ScriptName,
            "hello-1.0.data/data/bin/python3.12",
        ),
        has(
            "a program below data replaces the activation on Windows",
            Code::ScriptName,
            "hello-1.0.data/data/Scripts/activate.bat",
        ),
        has(
            "a file replaces the environment's own",
            Code::ScriptName,
            "hello-1.0.data/data/pyvenv.cfg",
        ),
        has(
            "a program replaces pip",
            Code::ScriptName,
            "hello-1.0.data/scripts/pip",
        )
        .weighing(Severity::Warning),
    ]
}

/// What Python reads whenever it starts.
fn startup() -> Vec<Case> {
    let has = |what, path: &'static str, text: &'static str| {
        case(what, Code::StartupFile, PURE, move |w| w.file(path, text)).also(&[
            Code::ManyTopLevel,
            Code::TopLevelFile,
            Code::RedundantScheme,
        ])
    };
    vec![
        has("a .pth file runs code", "hello.pth", "import hello\n"),
        has(
            "a .pth file below .data runs code",
            "hello-1.0.data/purelib/hello.pth",
            "# comment\r\nimport\thello\n",
        ),
        has(
            "a .pth file is put into site-packages through the environment's folder",
            "hello-1.0.data/data/Lib/site-packages/hello.pth",
            "import hello\n",
        ),
        has("a .pth file adds a folder", "hello.pth", "hello/vendor\n"),
        has(
            "a file names functions to run",
            "hello.start",
            "hello:main\n",
        ),
        has("a module runs at each start", "sitecustomize.py", "x = 1\n"),
    ]
}

/// Native code that should be there, or should be a module.
fn native() -> Vec<Case> {
    vec![
        case(
            "the wheel has a module's source and no module",
            Code::NoNativeCode,
            LINUX,
            |w| {
                w.without_native()
                    .file("hello/native.zig", "export fn hello() void {}\n")
            },
        ),
        case(
            "the wheel has a library for linking only",
            Code::NoNativeCode,
            WINDOWS,
            |w| w.without_native().file("hello/_native.lib", "!<arch>\n"),
        ),
        case(
            "a package hides the module beside it",
            Code::ShadowedModule,
            LINUX,
            |w| w.file("hello/_native/__init__.py", "x = 1\n"),
        ),
        case(
            "a package hides a module on Windows",
            Code::ShadowedModule,
            WINDOWS,
            |w| w.file("hello/_native/__init__.py", "x = 1\n"),
        ),
        case("a second module has no PyInit", Code::NoInit, LINUX, |w| {
            let other = Elf::new(elf::X86_64).takes("PyLong_FromLong");
            w.file("hello/other.cpython-312-x86_64-linux-gnu.so", other.bytes())
        }),
    ]
}
