//! What systems and Pythons have by themselves, as the tables in `data/` say.
//!
//! Takes names, says yes or no. Each table names its upstream in its head and is made anew by
//! `scripts/update-audit-data.py`.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use regex_lite::Regex;

use super::Shipped;
use crate::audit::claim::Claim;
use crate::binary::Binary;
use crate::tags::{Arch, PythonVersion, Release};
use crate::text::table::rows;

/// The libraries and symbol versions of one family of policies (manylinux or musllinux), each with
/// the first release that has it.
#[derive(Default)]
struct Policies {
    libraries: HashMap<&'static str, Release>,
    /// By version and architecture.
    versions: HashMap<(&'static str, &'static str), Release>,
    /// Library and symbol, with the first and last release that forbid it.
    blacklist: Vec<(&'static str, &'static str, Release, Release)>,
}

impl Policies {
    fn read(table: &'static str) -> Self {
        let mut policies = Self::default();
        for row in rows(table) {
            match row[..] {
                ["library", name, first] => {
                    policies.libraries.insert(name, release(first));
                }
                ["version", name, arch, first] => {
                    policies.versions.insert((name, arch), release(first));
                }
                ["symbol", library, symbol, first, last] => {
                    let row = (library, symbol, release(first), release(last));
                    policies.blacklist.push(row);
                }
                _ => {}
            }
        }
        policies
    }
}

/// A release in a table; one that is no release is never reached.
pub(super) fn release(text: &str) -> Release {
    text.parse().unwrap_or(Release::new(u16::MAX, 0))
}

static MANYLINUX: LazyLock<Policies> =
    LazyLock::new(|| Policies::read(include_str!("../data/manylinux.txt")));
static MUSLLINUX: LazyLock<Policies> =
    LazyLock::new(|| Policies::read(include_str!("../data/musllinux.txt")));

/// Whether every Linux with this glibc is taken to have the library.
pub(super) fn manylinux_has_library(name: &str, glibc: Release) -> bool {
    let first = MANYLINUX.libraries.get(name);
    first.is_some_and(|first| *first <= glibc)
}

/// Whether every Linux with this glibc is taken to have the symbol version, say `GLIBCXX_3.4.19`.
pub(super) fn manylinux_has_version(version: &str, arch: Arch, glibc: Release) -> bool {
    let first = MANYLINUX.versions.get(&(version, arch.linux()));
    first.is_some_and(|first| *first <= glibc)
}

/// Each library and symbol of it that the binary uses and the policy for this glibc forbids.
pub(super) fn manylinux_forbids(
    binary: &Binary,
    glibc: Release,
) -> impl Iterator<Item = (&'static str, &'static str)> {
    MANYLINUX.forbids(binary, glibc)
}

/// The same of the policy for this musl.
pub(super) fn musllinux_forbids(
    binary: &Binary,
    musl: Release,
) -> impl Iterator<Item = (&'static str, &'static str)> {
    MUSLLINUX.forbids(binary, musl)
}

impl Policies {
    fn forbids(
        &self,
        binary: &Binary,
        release: Release,
    ) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.blacklist
            .iter()
            .filter(move |(library, symbol, first, last)| {
                (*first..=*last).contains(&release)
                    && binary.imports.iter().any(|name| name == library)
                    && binary.undefined.contains(symbol)
            })
            .map(|(library, symbol, ..)| (*library, *symbol))
    }
}

/// Whether every Linux with this musl is taken to have the library.
pub(super) fn musllinux_has_library(name: &str, musl: Release) -> bool {
    let first = MUSLLINUX.libraries.get(name);
    first.is_some_and(|first| *first <= musl)
}

/// What musl exports, with the architectures that it is limited to, and the first release of what not
/// every one has: as a minor release, and in full.
#[derive(Default)]
struct Musl {
    symbols: HashMap<&'static str, &'static str>,
    since: HashMap<&'static str, (Release, &'static str)>,
}

static MUSL: LazyLock<Musl> = LazyLock::new(|| {
    let mut musl = Musl::default();
    for row in rows(include_str!("../data/musl_symbols.txt")) {
        match row[..] {
            ["symbol", name] | ["lfs64", name, _] => {
                musl.symbols.insert(name, "");
            }
            ["symbol", name, arches] => {
                musl.symbols.insert(name, arches);
            }
            ["since", name, first] => {
                let minor = first.rsplit_once('.').map_or(first, |(minor, _)| minor);
                musl.since.insert(name, (release(minor), first));
            }
            _ => {}
        }
    }
    musl
});

/// Whether musl has the function or variable from this release on, on this architecture.
pub(super) fn musl_has_symbol(name: &str, musl: Release, arch: Arch) -> bool {
    let known = MUSL.symbols.get(name).is_some_and(|arches| {
        arches.is_empty() || arches.split(',').any(|known| known == arch.zig())
    });
    known && MUSL.since.get(name).is_none_or(|(first, _)| *first <= musl)
}

/// The patch release of this musl that brought the function or variable, if it was not the first one:
/// tags know minor releases only.
pub(super) fn musl_patch_with_symbol(name: &str, musl: Release) -> Option<&'static str> {
    let (minor, full) = MUSL.since.get(name)?;
    (*minor == musl && !full.ends_with(".0")).then_some(*full)
}

/// What a wheel for Windows need not ship.
struct Windows {
    /// By name and architecture (`x86`, `x64`, `arm64`).
    system: HashSet<(&'static str, &'static str)>,
    /// What names of API sets begin with, which Windows itself maps to its libraries.
    api_sets: Vec<&'static str>,
    /// The names of interpreters' own DLLs.
    interpreters: Vec<Regex>,
    /// C runtimes that come with some Pythons.
    runtimes: Vec<Runtime>,
    /// A library, and another that it may import and works without.
    unneeded: Vec<(&'static str, &'static str)>,
}

struct Runtime {
    name: &'static str,
    arches: &'static str,
    /// Ex) `cpython`, `abi3`
    interpreter: &'static str,
    /// Ex) `t`
    flags: &'static str,
    first: Release,
    last: Release,
}

static WINDOWS: LazyLock<Windows> = LazyLock::new(|| {
    let mut windows = Windows {
        system: HashSet::new(),
        api_sets: Vec::new(),
        interpreters: Vec::new(),
        runtimes: Vec::new(),
        unneeded: Vec::new(),
    };
    for row in rows(include_str!("../data/windows.txt")) {
        match row[..] {
            ["dll" | "later", name, arches] => {
                let rows = arches.split(',').map(|arch| (name, arch));
                windows.system.extend(rows);
            }
            ["prefix", prefix] => windows.api_sets.push(prefix),
            ["interpreter", regex] => {
                let whole = Regex::new(&format!("^(?:{regex})$"));
                windows.interpreters.extend(whole.ok());
            }
            ["runtime", name, arches, interpreter, flags, first, last] => {
                windows.runtimes.push(Runtime {
                    name,
                    arches,
                    interpreter,
                    flags: flags.trim_start_matches('-'),
                    first: release(first),
                    last: release(last),
                });
            }
            ["unneeded", name, other] => windows.unneeded.push((name, other)),
            _ => {}
        }
    }
    windows
});

/// Whether Windows has the DLL, or it is an interpreter's own; `name` in lowercase.
pub(super) fn windows_has_library(name: &str, arch: Arch) -> bool {
    WINDOWS.system.contains(&(name, windows_arch(arch)))
        || WINDOWS.api_sets.iter().any(|set| name.starts_with(set))
        || WINDOWS
            .interpreters
            .iter()
            .any(|regex| regex.is_match(name))
}

/// Whether every Python of the claim's ABIs brings the DLL; `name` in lowercase.
pub(super) fn python_brings(name: &str, arch: Arch, claim: &Claim) -> bool {
    // There is no older CPython for Windows on arm64, whatever the tag says.
    let lowest = match arch {
        Arch::Aarch64 => Release::new(3, 9),
        _ => Release::new(0, 0),
    };
    let brings = |interpreter: &str, flags: &str, version: Release| {
        WINDOWS.runtimes.iter().any(|row| {
            row.name == name
                && row
                    .arches
                    .split(',')
                    .any(|known| known == windows_arch(arch))
                && row.interpreter == interpreter
                && row.flags == flags
                && (row.first..=row.last).contains(&version.max(lowest))
        })
    };
    claim.abi_tags().iter().all(|abi| match abi.as_str() {
        "abi3" | "abi3t" => claim.pythons.iter().all(|python| {
            interpreter(python).is_some_and(|(_, version)| brings("abi3", "", version))
        }),
        _ => abi_parts(abi)
            .is_some_and(|(interpreter, flags, version)| brings(interpreter, flags, version)),
    })
}

/// Whether some CPython's stable ABI comes with the DLL: most Pythons do, and none need to.
pub(super) fn some_python_brings(name: &str) -> bool {
    let mut rows = WINDOWS.runtimes.iter();
    rows.any(|row| row.name == name && row.interpreter == "abi3")
}

/// Whether the wheel ships a library that imports this one without a need; `name` in lowercase.
pub(super) fn is_unneeded(name: &str, shipped: &Shipped) -> bool {
    WINDOWS.unneeded.iter().any(|(library, other)| {
        // Repaired wheels have a hash behind the name.
        *other == name && shipped.has_beginning(library.trim_end_matches(".dll"))
    })
}

fn windows_arch(arch: Arch) -> &'static str {
    match arch {
        Arch::X86 => "x86",
        Arch::Aarch64 => "arm64",
        _ => "x64",
    }
}

/// Ex) `cp313t` is `cpython`, `t` and 3.13; `pypy310_pp73` is `pypy`, `pp73` and 3.10
fn abi_parts(abi: &str) -> Option<(&'static str, &str, Release)> {
    let (tag, flags) = match abi.split_once('_') {
        Some(parts) => parts,
        None => abi.split_at(abi.trim_end_matches(|c: char| c.is_ascii_lowercase()).len()),
    };
    let (name, version) = interpreter(tag)?;
    Some((name, flags, version))
}

/// Ex) `cp39` is `cpython` and 3.9
fn interpreter(tag: &str) -> Option<(&'static str, Release)> {
    let names = [
        ("cp", "cpython"),
        ("pypy", "pypy"),
        ("pp", "pypy"),
        ("graalpy", "graalpy"),
    ];
    names.into_iter().find_map(|(prefix, name)| {
        let version = PythonVersion::from_nodot(tag.strip_prefix(prefix)?)?;
        let version = Release::new(version.major.into(), version.minor.into());
        Some((name, version))
    })
}
