//! What Pythons and C libraries export, as the tables in `data/` say.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::policy::{release, rows};
use crate::binary::is_python_api;
use crate::platform::Os;
use crate::tags::{CPython, PythonVersion, Release};

/// What a Python has of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PythonSymbol {
    /// Exports it, or may.
    Exported,
    /// Does not export it, and other versions do: the first and the last of them that are known.
    Missing {
        first: Option<PythonVersion>,
        last: Option<PythonVersion>,
    },
    /// The name is not one of Python's.
    Foreign,
}

/// Minor versions of Python 3, a bit each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Minors(u32);

impl Minors {
    /// Ex) `9-11,13`; `*` is all of the known ones.
    fn parse(text: &str, known: Self) -> Self {
        match text {
            "*" => known,
            "-" => Self::default(),
            _ => text.split(',').fold(Self::default(), |minors, span| {
                let (first, last) = span.split_once('-').unwrap_or((span, span));
                let number = |text: &str| text.parse().unwrap_or(0);
                (number(first)..=number(last)).fold(minors, Self::with)
            }),
        }
    }

    fn with(self, minor: u8) -> Self {
        Self(self.0 | 1_u32.checked_shl(minor.into()).unwrap_or(0))
    }

    fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn has(self, minor: u8) -> bool {
        Self(self.0).with(minor) == self
    }

    fn is_empty(self) -> bool {
        self.0 == 0
    }

    fn first(self) -> Option<u8> {
        (0..32).find(|minor| self.has(*minor))
    }

    fn last(self) -> Option<u8> {
        (0..32).rev().find(|minor| self.has(*minor))
    }
}

/// The Pythons of each kind that something is true of.
#[derive(Debug, Clone, Copy, Default)]
struct Pythons {
    unix: Minors,
    windows: Minors,
    /// On Windows; on Unix free-threaded Pythons are not known by themselves.
    free_threaded: Minors,
}

/// The versions that the table knows, and those that export each name.
#[derive(Default)]
struct PythonTable {
    known: Pythons,
    names: HashMap<&'static str, Pythons>,
}

static PYTHON: LazyLock<PythonTable> = LazyLock::new(|| {
    let mut table = PythonTable::default();
    let minor = |text: &str| text.parse().unwrap_or(0);
    for row in rows(include_str!("../data/python_symbols.txt")) {
        let known = &mut table.known;
        match row[..] {
            ["unix", number, _] => known.unix = known.unix.with(minor(number)),
            ["windows", number] => known.windows = known.windows.with(minor(number)),
            ["free-threaded", number] => {
                known.free_threaded = known.free_threaded.with(minor(number));
            }
            ["function" | "data", name, unix, windows, free_threaded] => {
                let exporting = Pythons {
                    unix: Minors::parse(unix, known.unix),
                    windows: Minors::parse(windows, known.windows),
                    free_threaded: Minors::parse(free_threaded, known.free_threaded),
                };
                table.names.insert(name, exporting);
            }
            _ => {}
        }
    }
    table
});

/// Whether a Python exports the name. Where the table can't be sure, it is taken to: a name that the
/// same version exports on another system, unless this one never has it; a version that the table
/// does not know; a private name of a free-threaded Python.
pub(super) fn python_exports(name: &str, os: Os, python: CPython) -> PythonSymbol {
    let CPython {
        version,
        free_threaded,
    } = python;
    let known = PYTHON.known;
    let all = known.unix.and(known.windows).and(known.free_threaded);
    if version.major != 3 || !all.has(version.minor) {
        return if is_python_api(name) {
            PythonSymbol::Exported
        } else {
            PythonSymbol::Foreign
        };
    }
    let Some(exporting) = PYTHON.names.get(name) else {
        return if free_threaded && is_python_api(name) && name.starts_with('_') {
            PythonSymbol::Exported
        } else {
            PythonSymbol::Foreign
        };
    };
    let (mut own, mut known) = match (os, free_threaded) {
        (Os::Windows, true) => (exporting.free_threaded, known.free_threaded),
        (Os::Windows, false) => (exporting.windows, known.windows),
        (Os::Linux | Os::Macos, _) => (exporting.unix, known.unix),
    };
    if free_threaded && own.is_empty() && exporting.windows.is_empty() {
        (own, known) = (exporting.free_threaded, PYTHON.known.free_threaded);
    }
    let mut elsewhere = exporting.unix.and(exporting.windows);
    if free_threaded {
        elsewhere = elsewhere.and(exporting.free_threaded);
    }
    let newest = known.last().unwrap_or_default();
    let minor = version.minor;
    let exported = own.has(minor)
        || (!own.is_empty() && elsewhere.has(minor))
        || (minor > newest && own.has(newest));
    if exported {
        return PythonSymbol::Exported;
    }
    let version = |minor: Option<u8>| minor.map(|minor| PythonVersion::new(3, minor));
    PythonSymbol::Missing {
        first: version(own.first()),
        last: version(own.last()),
    }
}

static GLIBC: LazyLock<HashMap<&str, Release>> = LazyLock::new(|| {
    let mut names = HashMap::new();
    for row in rows(include_str!("../data/glibc_symbols.txt")) {
        if let ["since", first, these @ ..] = &row[..] {
            let first = release(first);
            names.extend(these.iter().map(|name| (*name, first)));
        }
    }
    names
});

/// The first glibc that has the function or variable.
pub(super) fn glibc_since(name: &str) -> Option<Release> {
    GLIBC.get(name).copied()
}

static MACOS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let rows = rows(include_str!("../data/macos_symbols.txt"));
    rows.flat_map(|row| row.into_iter().skip(1)).collect()
});

/// Whether libSystem has the function or variable, in the newest macOS that is known; `name` without
/// the underscore in front.
pub(super) fn macos_has_symbol(name: &str) -> bool {
    MACOS.contains(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exports(name: &str, os: Os, minor: u8, free_threaded: bool) -> PythonSymbol {
        let version = PythonVersion::new(3, minor);
        let python = CPython {
            version,
            free_threaded,
        };
        python_exports(name, os, python)
    }

    #[test]
    fn a_function_is_exported_from_its_first_version_on() {
        let missing = PythonSymbol::Missing {
            first: Some(PythonVersion::new(3, 13)),
            last: Some(PythonVersion::new(3, 15)),
        };
        assert_eq!(exports("PyList_Extend", Os::Linux, 11, false), missing);
        assert_eq!(exports("PyList_Extend", Os::Macos, 12, false), missing);
        for os in [Os::Linux, Os::Macos, Os::Windows] {
            for (minor, free_threaded) in [(13, false), (13, true), (15, false), (15, true)] {
                let found = exports("PyList_Extend", os, minor, free_threaded);
                assert_eq!(found, PythonSymbol::Exported, "{os:?} 3.{minor}");
            }
            assert!(matches!(
                exports("PyList_Extend", os, 9, false),
                PythonSymbol::Missing { .. }
            ));
        }
    }

    #[test]
    fn a_function_that_was_removed_is_missing_after_its_last_version() {
        let PythonSymbol::Missing { last, .. } =
            exports("PyUnicode_AsUnicode", Os::Linux, 12, false)
        else {
            panic!("it was removed in 3.12");
        };
        assert_eq!(last, Some(PythonVersion::new(3, 11)));
    }

    #[test]
    fn names_of_one_system_are_missing_on_the_others() {
        let windows = "PyErr_SetFromWindowsErr";
        assert_eq!(
            exports(windows, Os::Windows, 12, false),
            PythonSymbol::Exported
        );
        assert_eq!(
            exports(windows, Os::Windows, 15, false),
            PythonSymbol::Exported
        );
        for os in [Os::Linux, Os::Macos] {
            let missing = PythonSymbol::Missing {
                first: None,
                last: None,
            };
            assert_eq!(exports(windows, os, 12, false), missing);
        }
    }

    #[test]
    fn what_only_free_threaded_pythons_have_is_known() {
        let shared = "_Py_DecRefShared";
        for os in [Os::Linux, Os::Macos, Os::Windows] {
            assert_eq!(exports(shared, os, 14, true), PythonSymbol::Exported);
            assert_eq!(exports(shared, os, 15, true), PythonSymbol::Exported);
            assert!(matches!(
                exports(shared, os, 14, false),
                PythonSymbol::Missing { .. }
            ));
        }
    }

    #[test]
    fn versions_that_the_table_does_not_know_are_taken_to_have_everything() {
        for minor in [8, 16] {
            assert_eq!(
                exports("PyList_Extend", Os::Linux, minor, false),
                PythonSymbol::Exported
            );
            assert_eq!(
                exports("mean_of", Os::Linux, minor, false),
                PythonSymbol::Foreign
            );
        }
        assert_eq!(
            exports("PyNew_Thing", Os::Linux, 12, false),
            PythonSymbol::Foreign
        );
    }

    #[test]
    fn glibc_has_its_functions_from_a_release_on() {
        assert_eq!(glibc_since("gettid"), Some(Release::new(2, 30)));
        assert!(glibc_since("malloc").is_some_and(|first| first <= Release::new(2, 17)));
        assert!(glibc_since("cos").is_some() && glibc_since("dlopen").is_some());
        assert_eq!(glibc_since("mean_of"), None);
    }

    #[test]
    fn macos_has_the_functions_of_its_c_library() {
        for name in ["malloc", "memset_s", "dispatch_async_f", "dyld_stub_binder"] {
            assert!(macos_has_symbol(name), "{name}");
        }
        for name in ["__stack_chk_fail", "__error", "__sincos_stret", "__udivti3"] {
            assert!(macos_has_symbol(name), "{name}");
        }
        assert!(!macos_has_symbol("mean_of") && !macos_has_symbol("__my_helper"));
    }
}
