//! Remedies for a failed `zig build`, by what zig printed.

use super::Remedy;
use crate::platform::Os;

impl Remedy {
    /// The remedy for a failed `zig build` for this system, by its output.
    pub fn of_log(log: &str, os: Os) -> Option<Self> {
        // CPython's header has this sentence, in 3.13 and 3.14.
        let limited = "limited API is not currently supported in the free-threaded build";
        if Self::is_for_this_machine(log) {
            Some(Self::Target)
        } else if log.contains("'Python.h' file not found") {
            Some(Self::Headers)
        } else if log.contains(limited) {
            Some(Self::LimitedApi)
        } else if has_undefined_python_symbol(log, os) {
            Some(match os {
                Os::Windows => Self::ImportLibrary,
                Os::Linux | Os::Macos => Self::Undefined,
            })
        } else {
            None
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

/// Whether the linker misses a symbol of Python's C API. On macOS every C symbol begins with `_`.
fn has_undefined_python_symbol(log: &str, os: Os) -> bool {
    log.lines().any(|line| {
        let Some((_, name)) = line.split_once("undefined symbol: ") else {
            return false;
        };
        let name = match os {
            Os::Macos => name.strip_prefix('_').unwrap_or(name),
            Os::Windows => name.strip_prefix("__imp_").unwrap_or(name),
            Os::Linux => name,
        };
        name.starts_with("Py") || name.starts_with("_Py")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert_eq!(Remedy::of_log(log, os), remedy, "{log}");
        }
    }
}
