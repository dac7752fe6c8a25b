//! The files that a wheel has for each of its extension modules: one that every Python loads, one for
//! each Python, or some that are left over from builds for other Pythons.

use std::collections::{BTreeMap, BTreeSet};

use pep440_rs::VersionSpecifiers;

use super::claim::{Claim, PythonAbi};
use super::code::Code;
use super::finding::Finding;
use super::rules::module_file::ModuleFile;
use crate::binary::Binary;
use crate::metadata::values;
use crate::tags::{CPython, PlatformTag, PythonVersion, supported_versions};
use crate::wheel::record::Content;

/// How many stale files a finding names.
const MOST_NAMED: usize = 3;

/// The files of each extension module, and the Pythons that the wheel is for.
pub(super) struct Variants<'a> {
    /// By the module's path without an ending.
    files: BTreeMap<&'a str, Vec<ModuleFile<'a>>>,
    /// Whether `none` is the only ABI tag.
    is_none: bool,
    /// For a wheel with the ABI tag `none`, the Pythons that may install it.
    abis: BTreeSet<PythonAbi>,
    platforms: Vec<PlatformTag>,
}

impl<'a> Variants<'a> {
    /// The variants among the binaries of a wheel with this name and Requires-Python.
    pub(super) fn of(
        binaries: &'a [(String, Binary)],
        claim: &Claim,
        requires_python: Option<&VersionSpecifiers>,
    ) -> Self {
        let mut files: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (path, binary) in binaries {
            let file = ModuleFile::of(path).filter(|_| !binary.inits.is_empty());
            if let Some(file) = file {
                files.entry(module_path(path)).or_default().push(file);
            }
        }
        let mut abis = claim.abis();
        let is_none = abis.remove(&PythonAbi::None) && abis.is_empty();
        if is_none {
            let admits = |python: &PythonVersion| {
                requires_python.is_none_or(|specifiers| values::admits(specifiers, *python))
            };
            let admitted = supported_versions().filter(admits);
            abis.extend(admitted.map(|python| PythonAbi::CPython(CPython::with_gil(python))));
        }
        let mut platforms = claim.platform_tags();
        platforms.retain(|tag| tag.os().is_some());
        Self {
            files,
            is_none,
            abis,
            platforms,
        }
    }

    /// Whether each Python of the tags finds a file for the module that this file is a variant of.
    pub(super) fn are_found(&self, path: &str) -> bool {
        let files = self.files_beside(path);
        // Under the ABI tag `none`, only file names that name an ABI count, and only if there are several.
        let counts = |file: &&ModuleFile| !self.is_none || file.is_declared();
        let found = |abi: &PythonAbi, tag: &PlatformTag| {
            let mut counting = files.iter().filter(counts);
            counting.any(|file| file.fits(*abi, *tag))
        };
        let enough = if self.is_none { 2 } else { 1 };
        files.len() >= enough
            && self
                .abis
                .iter()
                .all(|abi| self.platforms.iter().all(|tag| found(abi, tag)))
    }

    /// Whether the Pythons of the tags load another file for the module, and none of them loads this one.
    pub(super) fn is_stale(&self, path: &str) -> bool {
        let Some(file) = ModuleFile::of(path) else {
            return false;
        };
        let is_used = |abi: &PythonAbi| {
            let mut platforms = self.platforms.iter();
            *abi == PythonAbi::Other || platforms.any(|tag| file.fits(*abi, *tag))
        };
        let is_alone = self.files_beside(path).len() < 2;
        !is_alone && self.are_found(path) && !self.abis.iter().any(is_used)
    }

    /// Whether some Python of the tags looks for a file of this name.
    pub(super) fn are_looked_for(&self, path: &str, claim: &Claim) -> bool {
        let Some(file) = ModuleFile::of(path) else {
            return false;
        };
        let looks = |abi: &PythonAbi, tag: &PlatformTag| match abi {
            PythonAbi::Other => file.is_for_other_python(claim, *tag),
            PythonAbi::None
            | PythonAbi::Stable(_)
            | PythonAbi::StableFreeThreaded(_)
            | PythonAbi::CPython(_) => file.fits(*abi, *tag),
        };
        let mut abis = self.abis.iter();
        abis.any(|abi| self.platforms.iter().any(|tag| looks(abi, tag)))
    }

    fn files_beside(&self, path: &str) -> &[ModuleFile<'a>] {
        let files = self.files.get(module_path(path));
        files.map_or(&[], Vec::as_slice)
    }
}

/// One finding for all stale files of a wheel, with their size.
pub(super) fn stale_files(
    stale: &[&str],
    contents: &BTreeMap<String, Content>,
    claim: &Claim,
) -> Option<Finding> {
    if stale.is_empty() {
        return None;
    }
    let size = |path: &&str| contents.get(*path).map_or(0, |content| content.size);
    let bytes: u64 = stale.iter().map(size).sum();
    let all: u64 = contents.values().map(|content| content.size).sum();
    let count = match stale.len() {
        1 => "an extension module".to_owned(),
        count => format!("{count} extension modules"),
    };
    let named = stale.iter().take(MOST_NAMED).copied();
    let more = (stale.len() > MOST_NAMED).then_some("…");
    let named: Vec<_> = named.chain(more).collect();
    let (pythons, abis) = (claim.pythons.join("."), claim.abis.join("."));
    let actual = format!(
        "has {count} for other Pythons than those of the tags {pythons}-{abis}: {} ({bytes} of {all} bytes)",
        named.join(", ")
    );
    Some(Finding::new(Code::StaleModule, actual).hint(
        "before each build, delete the build directory (build/ for setuptools) and the extension modules that \
         earlier builds left in the source tree",
    ))
}

/// A module's path without its ending, which its variants share.
fn module_path(path: &str) -> &str {
    let folder = path.rfind('/').map_or(0, |slash| slash + 1);
    let stem = path[folder..].split('.').next().unwrap_or_default();
    &path[..folder + stem.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::binary::Format;

    /// For each file whether the Pythons of the tags find one for its module, and whether it is stale.
    fn found(tags: &str, requires_python: &str, endings: &[&str]) -> Vec<(bool, bool)> {
        let claim = Claim::parse(&format!("a-1-{tags}.whl")).unwrap();
        let mut binary = Binary::unknown(Format::Elf);
        binary.inits = vec!["_n".to_owned()];
        let path = |ending: &&str| format!("a/_n.{ending}");
        let binaries = endings.iter().map(|ending| (path(ending), binary.clone()));
        let binaries: Vec<_> = binaries.collect();
        let requires = requires_python.parse().unwrap();
        let variants = Variants::of(&binaries, &claim, Some(&requires));
        let paths = endings.iter().map(path);
        paths
            .map(|path| (variants.are_found(&path), variants.is_stale(&path)))
            .collect()
    }

    const LOADED: (bool, bool) = (true, false);
    const STALE: (bool, bool) = (true, true);
    const LACKING: (bool, bool) = (false, false);

    #[test]
    fn a_file_for_another_python_is_stale_beside_the_right_one() {
        let of = |version| format!("cpython-{version}-x86_64-linux-gnu.so");
        let (ten, eleven, twelve) = (&*of("310"), &*of("311"), &*of("312"));
        let cases = [
            (
                "cp312-cp312",
                &[ten, eleven, twelve][..],
                &[STALE, STALE, LOADED][..],
            ),
            ("cp312-cp312", &[twelve], &[LOADED]),
            ("cp312-cp312", &[ten, eleven], &[LACKING, LACKING]),
            ("cp312-cp312", &[eleven], &[LACKING]),
            ("cp312-cp312", &["so", eleven], &[LOADED, STALE]),
            (
                "cp312-cp312",
                &["pypy310-pp73-x86_64-linux-gnu.so", twelve],
                &[STALE, LOADED],
            ),
            (
                "cp311.cp312-cp311.cp312",
                &[eleven, twelve],
                &[LOADED, LOADED],
            ),
            ("cp311.cp312-cp311.cp312", &[eleven], &[LACKING]),
            ("cp39-abi3", &["abi3.so", twelve], &[LOADED, STALE]),
            ("cp39-abi3", &["abi3.so", "abi3t.so"], &[LOADED, STALE]),
            (
                "cp315-abi3.abi3t",
                &["abi3.so", "abi3t.so"],
                &[LOADED, LOADED],
            ),
            ("cp315-abi3.abi3t", &["abi3.so"], &[LACKING]),
            ("cp311.cp312-none", &[eleven, twelve], &[LOADED, LOADED]),
            ("pp310-pypy310_pp73", &[eleven, twelve], &[LACKING, LACKING]),
        ];
        for (tags, endings, expected) in cases {
            let tags = format!("{tags}-manylinux_2_17_x86_64");
            assert_eq!(
                found(&tags, ">=3.9", endings),
                expected,
                "{tags} {endings:?}"
            );
        }
    }

    #[test]
    fn stale_files_are_one_finding_with_their_size() {
        let claim = Claim::parse("a-1-cp312-cp312-win32.whl").unwrap();
        let paths = ["a/w.pyd", "a/x.pyd", "a/y.pyd", "a/z.pyd", "a/__init__.py"];
        let content = |path: &&str| {
            let hash = String::new();
            (path.to_string(), Content { hash, size: 10 })
        };
        let contents: BTreeMap<_, _> = paths.iter().map(content).collect();
        let said = |stale: &[&str]| Some(stale_files(stale, &contents, &claim)?.message());
        assert_eq!(said(&[]), None);
        assert_eq!(
            said(&paths[..1]).unwrap(),
            "has an extension module for other Pythons than those of the tags cp312-cp312: a/w.pyd \
             (10 of 50 bytes)"
        );
        assert_eq!(
            said(&paths[..4]).unwrap(),
            "has 4 extension modules for other Pythons than those of the tags cp312-cp312: a/w.pyd, a/x.pyd, \
             a/y.pyd, … (40 of 50 bytes)"
        );
    }

    #[test]
    fn a_wheel_for_any_abi_has_a_file_for_each_python_that_may_install_it() {
        let of = |version| format!("cpython-{version}-x86_64-linux-gnu.so");
        let (eleven, twelve) = (&*of("311"), &*of("312"));
        let tags = "py3-none-manylinux_2_17_x86_64";
        for (requires, endings, is_found) in [
            (">=3.11,<3.13", &[eleven, twelve][..], true),
            (">=3.11", &[eleven, twelve], false),
            (">=3.9,<3.13", &[eleven, twelve], false),
            (">=3.9", &["abi3.so", twelve], true),
            (">=3.12,<3.13", &[twelve], false),
            (">=3.11", &["so", twelve], false),
        ] {
            for (found, is_stale) in found(tags, requires, endings) {
                assert_eq!(
                    (found, is_stale),
                    (is_found, false),
                    "{requires} {endings:?}"
                );
            }
        }
    }
}
