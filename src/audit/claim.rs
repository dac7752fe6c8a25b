//! What the name of a wheel claims: any wheel of anyone, not only those that we can build.
//!
//! Takes a file name, gives its parts as written and what they mean for native code. Judges only
//! what makes the name no wheel's name at all.

use std::collections::BTreeSet;

use crate::tags::{
    AbiTag, CPython, FIRST_ABI3T, ParseTagError, PlatformTag, PythonVersion, WheelFilename,
};

/// The parts of a wheel's file name.
///
/// Source: PyPA, "Binary distribution format", "File name convention".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The project, as written.
    pub name: String,
    /// Its version, as written.
    pub version: String,
    /// The build tag, if there is one.
    pub build: Option<String>,
    /// The Python tags, as written and in their order.
    pub pythons: Vec<String>,
    /// The ABI tags, likewise.
    pub abis: Vec<String>,
    /// The platform tags, likewise.
    pub platforms: Vec<String>,
}

/// What an ABI tag promises of the native code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PythonAbi {
    /// None of Python's API is used.
    None,
    /// Only the stable ABI of this version.
    Stable(PythonVersion),
    /// Only the stable ABI for free-threaded builds of this version (PEP 803), which no `CPython` before
    /// 3.15 has.
    StableFreeThreaded(PythonVersion),
    /// The full API of one CPython.
    CPython(CPython),
    /// Another implementation's, which has no rules here.
    Other,
}

/// The kinds of systems that a wheel can be installed on, by what their file systems allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Systems {
    /// Windows: reserves names and characters, and ignores case.
    pub(super) windows: bool,
    /// macOS: ignores case and Unicode composition.
    pub(super) macos: bool,
    /// Every system but Windows.
    pub(super) unix: bool,
}

impl Systems {
    /// Every system, as for a source distribution.
    pub(super) const ALL: Self = Self {
        windows: true,
        macos: true,
        unix: true,
    };

    /// Whether two names that differ only in case are one file on some of them.
    pub(super) fn ignore_case(self) -> bool {
        self.windows || self.macos
    }
}

impl Claim {
    /// Takes a file name apart.
    pub fn parse(filename: &str) -> Result<Self, ParseTagError> {
        let wrong = || {
            ParseTagError::new(
                filename,
                "wheel name like hello-1.0-cp312-cp312-win_amd64.whl",
            )
        };
        let stem = filename.strip_suffix(".whl").ok_or_else(wrong)?;
        let parts: Vec<_> = stem.split('-').collect();
        let (name, version, build, tags) = match parts[..] {
            [name, version, python, abi, platform] => {
                (name, version, None, [python, abi, platform])
            }
            [name, version, build, python, abi, platform] => {
                (name, version, Some(build), [python, abi, platform])
            }
            _ => return Err(wrong()),
        };
        let word = |text: &str| {
            !text.is_empty()
                && text
                    .chars()
                    .all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '+' | '!' | '~'))
        };
        let numbered = build.is_none_or(|tag| tag.starts_with(|c: char| c.is_ascii_digit()));
        let sets = tags.map(|set| set.split('.').map(str::to_owned).collect::<Vec<_>>());
        let filled = sets.iter().flatten().all(|tag| !tag.is_empty());
        if !(word(name) && word(version) && build.is_none_or(word) && numbered && filled) {
            return Err(wrong());
        }
        let [pythons, abis, platforms] = sets;
        Ok(Self {
            name: name.to_owned(),
            version: version.to_owned(),
            build: build.map(str::to_owned),
            pythons,
            abis,
            platforms,
        })
    }

    /// What a name of our own claims.
    pub fn of(filename: &WheelFilename) -> Self {
        fn sorted<T: ToString>(tags: &BTreeSet<T>) -> Vec<String> {
            let mut tags: Vec<_> = tags.iter().map(ToString::to_string).collect();
            tags.sort_unstable();
            tags
        }
        Self {
            name: filename.name.to_string(),
            version: filename.version.to_string(),
            build: None,
            pythons: vec![filename.python.to_string()],
            abis: sorted(&filename.abis),
            platforms: sorted(&filename.platforms),
        }
    }

    /// What the wheel's own folders begin with.
    ///
    /// Ex) `hello-1.0`
    pub fn stem(&self) -> String {
        format!("{}-{}", self.name, self.version)
    }

    /// The tags as the file name has them.
    ///
    /// Ex) `cp312-cp312-manylinux2014_x86_64.manylinux_2_17_x86_64`
    pub(super) fn tag_set(&self) -> String {
        [&self.pythons, &self.abis, &self.platforms]
            .map(|tags| tags.join("."))
            .join("-")
    }

    /// The file name.
    pub(super) fn filename(&self) -> String {
        let build = self.build.as_ref();
        let build = build.map_or_else(String::new, |tag| format!("-{tag}"));
        format!("{}{build}-{}.whl", self.stem(), self.tag_set())
    }

    /// Whether no platform tag names a system.
    pub(super) fn is_for_any_platform(&self) -> bool {
        self.platforms.iter().all(|tag| tag == "any")
    }

    /// The kinds of systems that the platform tags name.
    pub(super) fn systems(&self) -> Systems {
        let some = |is_of: fn(&str) -> bool| self.platforms.iter().any(|tag| is_of(tag));
        Systems {
            windows: some(|tag| tag == "any" || tag.starts_with("win")),
            macos: some(|tag| tag == "any" || tag.starts_with("macosx")),
            unix: some(|tag| !tag.starts_with("win")),
        }
    }

    /// The version as PEP 440 writes it. File names have `_` instead of `-`, which would end the version.
    pub(super) fn version_text(&self) -> String {
        self.version.replace('_', "-")
    }

    /// Every Python tag with every ABI tag.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let pythons = self.pythons.iter();
        pythons.flat_map(|python| self.abis.iter().map(|abi| (python.as_str(), abi.as_str())))
    }

    /// Every tag that the name stands for.
    pub fn tags(&self) -> BTreeSet<String> {
        let mut tags = BTreeSet::new();
        for (python, abi) in self.pairs() {
            for platform in &self.platforms {
                tags.insert(format!("{python}-{abi}-{platform}"));
            }
        }
        tags
    }

    /// The platform tags that there are rules for.
    pub fn platform_tags(&self) -> Vec<PlatformTag> {
        let known = self.platforms.iter().filter_map(|tag| tag.parse().ok());
        known.collect()
    }

    /// The ABI tags, with those of the Pythons for a `none` that names some: only one ABI of CPython up
    /// to 3.12 installs `cp36-none-…`.
    pub(super) fn abi_tags(&self) -> Vec<String> {
        let versions: Option<Vec<_>> = self
            .pythons
            .iter()
            .map(|tag| cpython(tag).filter(|version| version.minor < 13 && version.major == 3))
            .collect();
        match versions {
            Some(versions) if self.abis == ["none"] => versions
                .into_iter()
                .map(|version| {
                    let m = if version.minor < 8 { "m" } else { "" };
                    format!("cp{}{m}", version.nodot())
                })
                .collect(),
            _ => self.abis.clone(),
        }
    }

    /// Whether the name stands for a CPython before this one.
    pub(super) fn has_python_before(&self, version: PythonVersion) -> bool {
        let mut pythons = self.pythons.iter().filter_map(|tag| cpython(tag));
        pythons.any(|python| python < version)
    }

    /// What the wheel promises of its native code's use of Python.
    pub fn abis(&self) -> BTreeSet<PythonAbi> {
        let floor = self.pythons.iter().filter_map(|tag| cpython(tag)).min();
        self.abi_tags()
            .iter()
            .map(|abi| match (abi.parse(), floor) {
                (Ok(AbiTag::None), _) => PythonAbi::None,
                (Ok(AbiTag::Abi3), Some(floor)) => PythonAbi::Stable(floor),
                (Ok(AbiTag::Abi3t), Some(floor)) => {
                    PythonAbi::StableFreeThreaded(floor.max(FIRST_ABI3T))
                }
                (Ok(AbiTag::Abi3 | AbiTag::Abi3t | AbiTag::CPython(_)) | Err(_), _) => {
                    full_abi_of_3(abi).map_or(PythonAbi::Other, PythonAbi::CPython)
                }
            })
            .collect()
    }
}

/// `cp312` is 3.12.
pub(super) fn cpython(tag: &str) -> Option<PythonVersion> {
    tag.strip_prefix("cp").and_then(PythonVersion::from_nodot)
}

/// The CPython whose full API an ABI tag stands for; `m` is what ABIs up to 3.7 end in (PEP 3149).
pub(super) fn full_abi(tag: &str) -> Option<CPython> {
    let python = tag.strip_prefix("cp")?;
    CPython::from_nodot(python).or_else(|| {
        let version = PythonVersion::from_nodot(python.trim_end_matches('m'))?;
        Some(CPython::with_gil(version))
    })
}

/// The CPython 3 whose full API an ABI tag stands for. Python 2 has another API, for which there are no rules.
pub(super) fn full_abi_of_3(tag: &str) -> Option<CPython> {
    full_abi(tag).filter(|python| python.version.major >= 3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tags::{MacArch, Release, WindowsArch};

    #[test]
    fn a_name_is_taken_apart() {
        let claim = Claim::parse("a_b-1.0-2x-cp39.cp310-abi3-win32.macosx_11_0_arm64.whl").unwrap();
        assert_eq!(claim.stem(), "a_b-1.0");
        assert_eq!(claim.build.as_deref(), Some("2x"));
        assert_eq!(claim.tags().len(), 4);
        assert_eq!(
            claim.platform_tags(),
            [
                PlatformTag::Windows(WindowsArch::X86),
                PlatformTag::Macos(Release::new(11, 0), MacArch::Arm64)
            ]
        );
        let floor = PythonVersion::new(3, 9);
        assert_eq!(claim.abis(), BTreeSet::from([PythonAbi::Stable(floor)]));
    }

    #[test]
    fn abis_of_other_pythons_have_no_rules() {
        let abis = |name: &str| Claim::parse(name).unwrap().abis().pop_first().unwrap();
        let cpython = |text: &str| PythonAbi::CPython(text.parse().unwrap());
        assert_eq!(abis("a-1-cp37-cp37m-win32.whl"), cpython("3.7"));
        assert_eq!(abis("a-1-cp314-cp314t-win32.whl"), cpython("3.14t"));
        assert_eq!(abis("a-1-cp314-cp314tm-win32.whl"), PythonAbi::Other);
        for python_2 in ["cp27mu", "cp27m", "cp27"] {
            let name = format!("a-1-cp27-{python_2}-win32.whl");
            assert_eq!(abis(&name), PythonAbi::Other, "{name}");
        }
        assert_eq!(abis("a-1-pp310-pypy310_pp73-win32.whl"), PythonAbi::Other);
        assert_eq!(abis("a-1-py3-none-any.whl"), PythonAbi::None);
    }

    #[test]
    fn the_stable_abi_for_free_threaded_builds_is_one_of_its_own() {
        let abis = |name| Claim::parse(name).unwrap().abis();
        let version = |minor| PythonVersion::new(3, minor);
        let free_threaded = |minor| PythonAbi::StableFreeThreaded(version(minor));
        let both = "a-1-cp315-abi3.abi3t-win32.whl";
        assert_eq!(
            abis(both),
            BTreeSet::from([PythonAbi::Stable(version(15)), free_threaded(15)])
        );
        assert_eq!(
            abis("a-1-cp316-abi3t-win32.whl"),
            BTreeSet::from([free_threaded(16)])
        );
        // No CPython before 3.15 has it, whatever the Python tag is.
        assert_eq!(
            abis("a-1-cp39-abi3t-win32.whl"),
            BTreeSet::from([free_threaded(15)])
        );
        let ours: WheelFilename = both.parse().unwrap();
        assert_eq!(Claim::of(&ours), Claim::parse(both).unwrap());
    }

    #[test]
    fn what_is_no_wheels_name_is_refused() {
        for name in [
            "",
            "hello.whl",
            "hello-1.0-cp312-cp312.whl",
            "hello-1.0-cp312-cp312-win_amd64.zip",
            "hello-1.0-x1-cp312-cp312-win_amd64.whl",
            "hello-1.0-cp312-cp312-.whl",
            "hel lo-1.0-cp312-cp312-any.whl",
            "a-b-1.0-1-cp312-cp312-any.whl",
        ] {
            assert!(Claim::parse(name).is_err(), "{name}");
        }
    }
}
