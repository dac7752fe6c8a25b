//! Remedies for a failed `zig build`, by what zig printed.

use std::collections::{BTreeMap, BTreeSet};

use super::Remedy;
use crate::binary::python_exports::{dll_lacks, is_python_api};
use crate::error::Problem;
use crate::platform::Os;
use crate::tags::AbiTag;

impl Remedy {
    /// The remedy for a failed `zig build` for this system and ABI, by its output.
    pub fn of_log(log: &str, os: Os, abi: AbiTag) -> Option<Self> {
        // CPython's header has this sentence, in 3.13 and 3.14.
        let limited = "limited API is not currently supported in the free-threaded build";
        if Self::is_for_this_machine(log) {
            Some(Self::Target)
        } else if log.contains("'Python.h' file not found") {
            Some(Self::Headers)
        } else if log.contains(limited) {
            Some(Self::LimitedApi)
        } else if has_undefined_python_symbol(log, os, abi) {
            Some(match os {
                Os::Windows => Self::ImportLibrary,
                Os::Linux | Os::Macos | Os::Ios | Os::IosSimulator | Os::Emscripten => {
                    Self::Undefined
                }
            })
        } else {
            None
        }
    }

    /// The remedy for a build script that ends while it is asked for its options.
    pub fn of_script_failure(log: &str) -> Self {
        if log.contains(" declared twice") {
            Self::DeclaredTwice
        } else {
            Self::Option
        }
    }

    /// Whether zig reports a library that was compiled without a target: it names a target if there is one.
    fn is_for_this_machine(log: &str) -> bool {
        log.lines().any(|line| {
            let mut words = line.split_whitespace();
            line.contains("compile lib ") && words.any(|word| word == "native")
        })
    }
}

/// What an error of zig means where zig's own words do not show it.
pub fn meaning(log: &str, abi: AbiTag) -> Option<String> {
    if let Some(library) = quoted(log, "unable to find dynamic system library ").next() {
        return Some(format!(
            "zig searches no system directories in a build for another machine, so it does not find the library \
             {library}\ncompile the library's sources into the module: name them in c-sources of \
             [[tool.pyz3-wheel.module]], or build and link the library in build.zig"
        ));
    }
    let is_limited = match abi {
        AbiTag::Abi3 | AbiTag::Abi3t => true,
        AbiTag::None | AbiTag::CPython(_) => false,
    };
    let unknown = [
        "no member named ",
        "use of undeclared identifier ",
        "call to undeclared function ",
        "unknown type name ",
    ];
    let mut names = unknown.iter().flat_map(|before| quoted(log, before));
    let name = names.find(|name| is_limited && name.trim_start_matches('_').starts_with("Py"))?;
    Some(format!(
        "the wheel is for the stable ABI ({abi}), and its limited API does not have {name}\nuse functions of the \
         limited API, or build for each Python: abi = \"full\" in [tool.pyz3-wheel]"
    ))
}

/// The names in single quotes that follow a text.
fn quoted<'a>(log: &'a str, before: &'a str) -> impl Iterator<Item = &'a str> {
    log.split(before).skip(1).filter_map(|rest| {
        let rest = rest.strip_prefix('\'')?;
        rest.split('\'').next()
    })
}

/// Whether a symbol of Python's C API is undefined that a link with Python would provide.
fn has_undefined_python_symbol(log: &str, os: Os, abi: AbiTag) -> bool {
    let mut undefined = log.lines().filter_map(|line| undefined_symbol(line, os));
    undefined.any(|name| match os {
        Os::Windows => is_python_api(name) && !dll_lacks(abi, name),
        Os::Linux | Os::Macos | Os::Ios | Os::IosSimulator | Os::Emscripten => is_python_api(name),
    })
}

/// The undefined symbol that a line of the linker's output names. On Apple's systems every C symbol begins with `_`.
fn undefined_symbol(line: &str, os: Os) -> Option<&str> {
    let (_, name) = line.split_once("undefined symbol: ")?;
    let name = name.split_whitespace().next()?;
    Some(match os {
        Os::Macos | Os::Ios | Os::IosSimulator => name.strip_prefix('_').unwrap_or(name),
        Os::Windows => name.strip_prefix("__imp_").unwrap_or(name),
        Os::Linux | Os::Emscripten => name,
    })
}

/// The symbol that a line of the linker's output for Windows names, if it is of Python's C API and the import library
/// for this ABI does not have it.
fn missing_from_dll(line: &str, abi: AbiTag) -> Option<&str> {
    undefined_symbol(line, Os::Windows).filter(|name| is_python_api(name) && dll_lacks(abi, name))
}

/// Removes the linker's errors for Windows about symbols that Python's DLL does not export. Returns these symbols by
/// the library that uses them, according to the whole output.
pub fn take_missing_from_dll<'a>(
    errors: &mut Vec<Problem>,
    log: &'a str,
    abi: AbiTag,
) -> BTreeMap<&'a str, BTreeSet<&'a str>> {
    errors.retain(|error| missing_from_dll(&error.message, abi).is_none());
    let mut missing = BTreeMap::<_, BTreeSet<_>>::new();
    let mut library = "the library";
    for line in log.lines() {
        if let Some((_, rest)) = line.split_once("compile lib ") {
            library = rest.split_whitespace().next().unwrap_or(library);
        }
        if let Some(name) = missing_from_dll(line, abi) {
            missing.entry(library).or_default().insert(name);
        }
    }
    missing
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_about_libraries_and_the_limited_api_are_explained() {
        let abi = |text: &str| text.parse().unwrap();
        let zig =
            "x.zig:1:2: error: root source file struct 'c' has no member named 'PyTupleObject'\n";
        let c = "x.c:1:2: error: call to undeclared function 'PyTuple_GET_ITEM'; ISO C99\n";
        for (log, name) in [(zig, "PyTupleObject"), (c, "PyTuple_GET_ITEM")] {
            let said = meaning(log, abi("abi3")).unwrap();
            assert!(said.contains(&format!("does not have {name}\n")), "{said}");
            assert_eq!(meaning(log, abi("cp312")), None);
        }
        let own = "x.zig:1:2: error: struct 'c' has no member named 'mean'\n";
        assert_eq!(meaning(own, abi("abi3")), None);
        let library =
            "error: error: unable to find dynamic system library 'z' using strategy 'paths_first'.";
        let said = meaning(library, abi("cp312")).unwrap();
        assert!(
            said.contains("the library z\n") && said.contains("c-sources"),
            "{said}"
        );
    }

    #[test]
    fn a_library_compiled_for_no_target_is_recognized() {
        let log = "install\n+- install x\n   +- compile lib x ReleaseFast native failure\n";
        assert!(Remedy::is_for_this_machine(log));
        for target in ["x86_64-linux-gnu.2.17", "aarch64-macos.11.0"] {
            assert!(!Remedy::is_for_this_machine(&log.replace("native", target)));
        }
    }

    #[test]
    fn the_output_of_zig_shows_which_remedy_applies() {
        let header = "native.c:1:10: error: 'Python.h' file not found\n";
        let limited = "Python.h:51:4: error: \"The limited API is not currently supported in the free-threaded build\"\n";
        for (log, os, remedy) in [
            (header, Os::Linux, Some(Remedy::Headers)),
            (limited, Os::Linux, Some(Remedy::LimitedApi)),
            (
                "error: undefined symbol: _PyModule_Create2\n",
                Os::Macos,
                Some(Remedy::Undefined),
            ),
            (
                "error: undefined symbol: __Py_NoneStruct\n",
                Os::Macos,
                Some(Remedy::Undefined),
            ),
            (
                "error: ld.lld: undefined symbol: PyLong_AsLong\n",
                Os::Linux,
                Some(Remedy::Undefined),
            ),
            (
                "error: lld-link: undefined symbol: __imp_PyLong_AsLong\n",
                Os::Windows,
                Some(Remedy::ImportLibrary),
            ),
            ("error: undefined symbol: _mean_of\n", Os::Macos, None),
            ("error: expected ';' after statement\n", Os::Linux, None),
        ] {
            let abi = "cp312".parse().unwrap();
            assert_eq!(Remedy::of_log(log, os, abi), remedy, "{log}");
        }
    }

    #[test]
    fn linking_an_import_library_is_not_suggested_for_symbols_that_none_has() {
        let log = "+- compile lib one ReleaseFast x86_64-windows-gnu 2 errors\n\
            error: lld-link: undefined symbol: __imp_PyList_Extend\n    note: referenced by a.obj:(f)\n\
            error: lld-link: undefined symbol: PyList_Clear\n\
            +- compile lib two ReleaseFast x86_64-windows-gnu 1 errors\n\
            error: undefined symbol: PyList_Extend\nerror: undefined symbol: mean_of\n";
        let missing = |abi: &str| {
            let mut errors: Vec<_> = log.lines().skip(1).map(Problem::new).collect();
            let missing = take_missing_from_dll(&mut errors, log, abi.parse().unwrap());
            (missing, errors.len())
        };
        let both = BTreeMap::from([
            ("one", BTreeSet::from(["PyList_Clear", "PyList_Extend"])),
            ("two", BTreeSet::from(["PyList_Extend"])),
        ]);
        let lines = log.lines().count() - 1;
        // Both came with 3.13, and the stable ABI has neither.
        for abi in ["cp312", "abi3", "abi3t"] {
            assert_eq!(missing(abi), (both.clone(), lines - 3), "{abi}");
            let remedy = Remedy::of_log(log, Os::Windows, abi.parse().unwrap());
            assert_eq!(remedy, None, "{abi}");
        }
        for abi in ["cp313", "cp315t"] {
            assert_eq!(missing(abi), (BTreeMap::new(), lines), "{abi}");
            let remedy = Remedy::of_log(log, Os::Windows, abi.parse().unwrap());
            assert_eq!(remedy, Some(Remedy::ImportLibrary), "{abi}");
        }
    }
}
