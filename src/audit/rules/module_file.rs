//! The file name of an extension module: which interpreters look for it.
//!
//! Takes a path in a wheel, an ABI and a platform tag. Sources: PEP 3149, PEP 803, and
//! `_PyImport_DynLoadFiletab` of CPython's dynload_shlib.c and dynload_win.c.

use crate::audit::claim::{Claim, PythonAbi, full_abi, full_abi_of_3};
use crate::platform::{MUSL_IN_SUFFIX, Os};
use crate::tags::{Arch, CPython, FIRST_ABI3T, Family, PlatformTag, PythonVersion};

/// A module's file name taken apart.
///
/// Ex) `_native`, `cpython-312-x86_64-linux-gnu`, `so`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::audit) struct ModuleFile<'a> {
    /// The name that `import` uses.
    pub(in crate::audit) stem: &'a str,
    /// The part between the stem and the last dot; empty for `_native.so`.
    pub(in crate::audit) tag: &'a str,
    pub(in crate::audit) extension: &'a str,
}

impl<'a> ModuleFile<'a> {
    /// `None` for a file that no interpreter looks for, such as `libz.so.1` and `helper.dll`.
    pub(in crate::audit) fn of(path: &'a str) -> Option<Self> {
        let file = path.rsplit('/').next()?;
        let (rest, extension) = file.rsplit_once('.')?;
        let (stem, tag) = rest.split_once('.').unwrap_or((rest, ""));
        matches!(extension, "so" | "pyd").then_some(Self {
            stem,
            tag,
            extension,
        })
    }

    /// Whether the name says that it is an extension module; a plain `.so` says nothing.
    pub(in crate::audit) fn is_declared(self) -> bool {
        self.extension == "pyd" || !matches!(self.abi(), FileAbi::Any | FileAbi::Other)
    }

    /// Whether an interpreter of this ABI, on a system of this tag, looks for a file with this ending.
    pub(in crate::audit) fn fits(self, abi: PythonAbi, tag: PlatformTag) -> bool {
        let windows = tag.os() == Some(Os::Windows);
        let extension = if windows { "pyd" } else { "so" };
        if self.extension != extension {
            return false;
        }
        match self.abi() {
            FileAbi::Any => true,
            FileAbi::Stable(None) => !windows && looks_for_abi3(abi),
            FileAbi::StableFreeThreaded(None) => !windows && looks_for_abi3t(abi),
            FileAbi::Stable(Some(platform)) => {
                // CPython has looked for platforms in these endings since it has looked for abi3t.
                let looks = looks_for_abi3(abi) && looks_for_abi3t(abi);
                !windows && looks && platform_fits(platform, tag, FIRST_ABI3T)
            }
            FileAbi::StableFreeThreaded(Some(platform)) => {
                !windows && looks_for_abi3t(abi) && platform_fits(platform, tag, FIRST_ABI3T)
            }
            FileAbi::CPython(version, platform) => match abi {
                PythonAbi::CPython(wanted) => {
                    full_abi(&format!("cp{version}")) == Some(wanted)
                        && platform_fits(platform, tag, wanted.version)
                }
                PythonAbi::None
                | PythonAbi::Stable(_)
                | PythonAbi::StableFreeThreaded(_)
                | PythonAbi::Other => false,
            },
            FileAbi::Other => false,
        }
    }

    /// Whether an interpreter of the claim that is not CPython 3 may look for a file with this ending, on a system
    /// of this tag.
    pub(in crate::audit) fn is_for_other_python(self, claim: &Claim, tag: PlatformTag) -> bool {
        let mut abis = claim.abis.iter();
        let is_own = abis.any(|abi| self.tag.starts_with(&abi.replace('_', "-")));
        self.fits(PythonAbi::Other, tag) || is_own
    }

    /// The CPython 3 that the name is for, if it is for a single one.
    pub(in crate::audit) fn python(self) -> Option<CPython> {
        match self.abi() {
            FileAbi::CPython(version, _) => full_abi_of_3(&format!("cp{version}")),
            FileAbi::Any | FileAbi::Stable(_) | FileAbi::StableFreeThreaded(_) | FileAbi::Other => {
                None
            }
        }
    }

    /// The ABIs of the claim whose interpreters look for the file on some platform of the claim.
    pub(super) fn fitting(self, claim: &Claim) -> Vec<PythonAbi> {
        let tags = claim.platform_tags();
        let abis = claim.abis().into_iter();
        abis.filter(|abi| tags.iter().any(|tag| self.fits(*abi, *tag)))
            .collect()
    }

    fn abi(self) -> FileAbi<'a> {
        if self.tag.is_empty() {
            return FileAbi::Any;
        }
        if let Some(rest) = self.tag.strip_prefix("cpython-") {
            let (version, platform) = rest.split_once('-').unwrap_or((rest, ""));
            return FileAbi::CPython(version, platform);
        }
        let (abi, platform) = match self.tag.split_once('-') {
            Some((abi, platform)) => (abi, Some(platform)),
            None => (self.tag, None),
        };
        match (abi, platform) {
            ("abi3", platform) => FileAbi::Stable(platform),
            ("abi3t", platform) => FileAbi::StableFreeThreaded(platform),
            (abi, Some(platform)) if abi.starts_with("cp") => FileAbi::CPython(&abi[2..], platform),
            _ => FileAbi::Other,
        }
    }
}

/// The ABI that a file name ends in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FileAbi<'a> {
    /// None: every interpreter looks at it.
    Any,
    /// `abi3`: every interpreter with the GIL looks at it, and free-threaded ones before 3.15. With a
    /// platform, `abi3-x86_64-linux-gnu`: every interpreter with the GIL from 3.15 on.
    Stable(Option<&'a str>),
    /// `abi3t`, with a platform or without: every interpreter from 3.15 on looks at it, with the GIL or
    /// without (PEP 803).
    StableFreeThreaded(Option<&'a str>),
    /// Version with flags, and platform: `312`, `x86_64-linux-gnu`.
    CPython(&'a str, &'a str),
    /// Another implementation's, or no ABI at all.
    Other,
}

/// Whether the interpreters of this ABI look for `.abi3.so`: those with the GIL do, and the free-threaded
/// ones before abi3t. Of interpreters that the ABI does not name, some do.
fn looks_for_abi3(abi: PythonAbi) -> bool {
    match abi {
        PythonAbi::CPython(python) => !python.free_threaded || python.version < FIRST_ABI3T,
        PythonAbi::StableFreeThreaded(_) => false,
        PythonAbi::Stable(_) | PythonAbi::None | PythonAbi::Other => true,
    }
}

/// Whether the interpreters of this ABI look for `.abi3t.so`: all from 3.15 on do.
fn looks_for_abi3t(abi: PythonAbi) -> bool {
    match abi {
        PythonAbi::CPython(CPython { version, .. }) | PythonAbi::Stable(version) => {
            version >= FIRST_ABI3T
        }
        PythonAbi::StableFreeThreaded(_) | PythonAbi::None | PythonAbi::Other => true,
    }
}

/// Whether the platform in a file's ending is that of the tag.
fn platform_fits(platform: &str, tag: PlatformTag, python: PythonVersion) -> bool {
    match tag.os() {
        // Nothing native is promised by `any`, so no ending with a platform fits it.
        None => false,
        Some(Os::Windows) => platform == tag.to_string(),
        Some(Os::Macos) => platform == "darwin",
        Some(Os::Ios) => platform == "iphoneos",
        Some(Os::IosSimulator) => platform == "iphonesimulator",
        Some(Os::Emscripten) => platform == "wasm32-emscripten",
        Some(Os::Linux) if tag.family() == Some(Family::Android) => {
            let (arch, system) = platform.split_once('-').unwrap_or((platform, ""));
            let mut arches = tag.arches().into_iter();
            system.starts_with("linux-android")
                && arches.any(|wanted| multiarch(wanted).contains(&arch))
        }
        Some(Os::Linux) => {
            let mut parts = platform.splitn(2, '-');
            let (arch, system) = (parts.next().unwrap_or_default(), parts.next());
            // CPython on musl used `gnu` up to 3.10; Debian's multiarch names say `i386`.
            let musl = matches!(tag, PlatformTag::Musllinux(..));
            let system_fits = system.is_none_or(|system| match musl {
                true if system.starts_with("linux-musl") => true,
                true => system.starts_with("linux-gnu") && python < MUSL_IN_SUFFIX,
                false => system.starts_with("linux-gnu"),
            });
            system_fits
                && tag
                    .arches()
                    .into_iter()
                    .any(|wanted| multiarch(wanted).contains(&arch))
        }
    }
}

/// How the endings of extension modules spell an architecture.
fn multiarch(arch: Arch) -> &'static [&'static str] {
    match arch {
        Arch::X86_64 => &["x86_64"],
        Arch::Aarch64 => &["aarch64"],
        Arch::X86 => &["i386", "i686", "x86"],
        Arch::Armv7 => &["arm", "armv7l"],
        Arch::Ppc64le => &["powerpc64le", "ppc64le"],
        Arch::S390x => &["s390x"],
        Arch::Riscv64 => &["riscv64"],
        Arch::Loongarch64 => &["loongarch64"],
        Arch::Wasm32 => &["wasm32"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(path: &str, wheel: &str) -> bool {
        let claim = Claim::parse(&format!("a-1-{wheel}.whl")).unwrap();
        let file = ModuleFile::of(path).unwrap();
        let tags = claim.platform_tags();
        let mut abis = claim.abis().into_iter();
        abis.all(|abi| tags.iter().all(|tag| file.fits(abi, *tag)))
    }

    /// File names with wheels whose Pythons all look for them.
    const FITTING: &[(&str, &str)] = &[
        (
            "a/_n.cpython-312-x86_64-linux-gnu.so",
            "cp312-cp312-manylinux_2_17_x86_64",
        ),
        (
            "_n.cpython-37m-i386-linux-gnu.so",
            "cp37-cp37m-manylinux2014_i686",
        ),
        (
            "_n.cpython-312-x86_64-linux-musl.so",
            "cp312-cp312-musllinux_1_2_x86_64",
        ),
        (
            "_n.cpython-39-x86_64-linux-gnu.so",
            "cp39-cp39-musllinux_1_1_x86_64",
        ),
        (
            "_n.cpython-313t-darwin.so",
            "cp313-cp313t-macosx_11_0_arm64",
        ),
        ("_n.cp312-win_amd64.pyd", "cp312-cp312-win_amd64"),
        ("_n.cp312-win32.pyd", "cp312-cp312-win32"),
        ("_n.abi3.so", "cp39-abi3-macosx_10_9_universal2"),
        ("_n.abi3.so", "cp312-cp312-manylinux_2_17_x86_64"),
        ("_n.abi3t.so", "cp315-abi3.abi3t-manylinux_2_17_x86_64"),
        ("_n.abi3t.so", "cp315-cp315t-macosx_11_0_arm64"),
        ("_n.abi3.so", "cp313-cp313t-macosx_11_0_arm64"),
        ("_n.abi3.so", "cp314-cp314t-manylinux_2_17_x86_64"),
        (
            "_n.abi3t-x86_64-linux-gnu.so",
            "cp315-abi3.abi3t-manylinux_2_17_x86_64",
        ),
        (
            "_n.abi3-x86_64-linux-gnu.so",
            "cp315-abi3-manylinux_2_17_x86_64",
        ),
        (
            "_n.abi3t-aarch64-linux-musl.so",
            "cp315-abi3t-musllinux_1_2_aarch64",
        ),
        (
            "_n.abi3t-arm-linux-gnueabihf.so",
            "cp315-abi3.abi3t-manylinux_2_31_armv7l",
        ),
        (
            "_n.abi3t-darwin.so",
            "cp315-abi3.abi3t-macosx_11_0_universal2",
        ),
        ("_n.abi3-darwin.so", "cp316-abi3-macosx_11_0_arm64"),
        ("_n.abi3-darwin.so", "cp315-cp315-macosx_11_0_arm64"),
        ("_n.cp315-win_amd64.pyd", "cp315-cp315-win_amd64"),
        ("_n.cp315t-win_arm64.pyd", "cp315-cp315t-win_arm64"),
        ("_n.pyd", "cp315-abi3.abi3t-win_amd64"),
        ("_n.pyd", "cp39-abi3-win_arm64"),
        ("_n.so", "cp312-cp312-linux_x86_64"),
    ];

    /// File names with wheels of which some Python does not look for them.
    const WRONG: &[(&str, &str)] = &[
        (
            "_n.cpython-311-x86_64-linux-gnu.so",
            "cp312-cp312-manylinux_2_17_x86_64",
        ),
        (
            "_n.cpython-312-x86_64-linux-gnu.so",
            "cp312-cp312-musllinux_1_2_x86_64",
        ),
        (
            "_n.cpython-312-aarch64-linux-gnu.so",
            "cp312-cp312-manylinux_2_17_x86_64",
        ),
        (
            "_n.cpython-312-x86_64-linux-musl.so",
            "cp312-cp312-manylinux_2_17_x86_64",
        ),
        (
            "_n.cpython-312-darwin.so",
            "cp312-cp312-manylinux_2_17_x86_64",
        ),
        ("_n.cpython-312-darwin.so", "cp312-abi3-macosx_11_0_arm64"),
        ("_n.cpython-313-darwin.so", "cp313-cp313t-macosx_11_0_arm64"),
        ("_n.abi3.pyd", "cp39-abi3-win_amd64"),
        ("_n.abi3t.so", "cp314-abi3-macosx_11_0_arm64"),
        ("_n.abi3t.so", "cp314-cp314t-macosx_11_0_arm64"),
        ("_n.abi3.so", "cp315-abi3t-macosx_11_0_arm64"),
        ("_n.abi3.so", "cp315-cp315t-macosx_11_0_arm64"),
        ("_n.abi3.so", "cp315-abi3.abi3t-macosx_11_0_arm64"),
        ("_n.abi3t.so", "cp39-abi3-manylinux_2_17_x86_64"),
        ("_n.abi3t.so", "cp312-cp312-manylinux_2_17_x86_64"),
        (
            "_n.abi3-x86_64-linux-gnu.so",
            "cp314-abi3-manylinux_2_17_x86_64",
        ),
        (
            "_n.abi3-x86_64-linux-gnu.so",
            "cp314-cp314-manylinux_2_17_x86_64",
        ),
        (
            "_n.abi3-x86_64-linux-gnu.so",
            "cp315-cp315t-manylinux_2_17_x86_64",
        ),
        (
            "_n.abi3t-x86_64-linux-gnu.so",
            "cp314-cp314t-manylinux_2_17_x86_64",
        ),
        (
            "_n.abi3t-aarch64-linux-gnu.so",
            "cp315-abi3.abi3t-manylinux_2_17_x86_64",
        ),
        (
            "_n.abi3t-x86_64-linux-gnu.so",
            "cp315-abi3.abi3t-musllinux_1_2_x86_64",
        ),
        (
            "_n.abi3t-x86_64-linux-gnu.so",
            "cp315-abi3.abi3t-macosx_11_0_x86_64",
        ),
        ("_n.abi3t-darwin.so", "cp315-abi3-manylinux_2_17_x86_64"),
        ("_n.abi3t.pyd", "cp315-abi3.abi3t-win_amd64"),
        ("_n.abi3t-win_amd64.pyd", "cp315-abi3.abi3t-win_amd64"),
        ("_n.so", "cp39-abi3-win_amd64"),
        ("_n.pyd", "cp39-abi3-macosx_11_0_arm64"),
        ("_n.cp312-win_arm64.pyd", "cp312-cp312-win_amd64"),
        ("_n.pypy310-pp73-darwin.so", "cp310-cp310-macosx_11_0_arm64"),
    ];

    #[test]
    fn interpreters_look_for_their_own_endings_only() {
        for (path, wheel) in FITTING {
            assert!(fits(path, wheel), "{path} in {wheel}");
        }
        for (path, wheel) in WRONG {
            assert!(!fits(path, wheel), "{path} in {wheel}");
        }
        for other in ["libz.so.1", "a.dll", "a.dylib", "so"] {
            assert_eq!(ModuleFile::of(other), None, "{other}");
        }
    }
}
