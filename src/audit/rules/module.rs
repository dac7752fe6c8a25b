//! An extension module's name: whether the interpreters of the tag find it, and in it what they call.
//!
//! Takes a binary, its path in the wheel and what the wheel's name claims. Sources: PEP 3149, PEP 489,
//! PEP 793, and `_PyImport_DynLoadFiletab` of CPython's dynload_shlib.c and dynload_win.c.

use crate::audit::claim::{Claim, PythonAbi, full_abi};
use crate::audit::code::{Code, Severity};
use crate::audit::finding::Finding;
use crate::binary::{Binary, Kind};
use crate::platform::{MUSL_IN_SUFFIX, Os};
use crate::tags::{Arch, CPython, FIRST_ABI3T, PlatformTag, PythonVersion};

/// A module's file name taken apart.
///
/// Ex) `_native`, `cpython-312-x86_64-linux-gnu`, `so`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::audit) struct ModuleFile<'a> {
    /// What `import` calls it.
    pub(in crate::audit) stem: &'a str,
    /// What is between the stem and the last dot; empty for `_native.so`.
    tag: &'a str,
    extension: &'a str,
}

impl<'a> ModuleFile<'a> {
    /// `None` for a file that no interpreter looks at, as `libz.so.1` and `helper.dll`.
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
    fn is_declared(self) -> bool {
        self.extension == "pyd" || !matches!(self.abi(), FileAbi::Any | FileAbi::Other)
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
    /// `abi3`: every interpreter with the GIL looks at it; with a platform, `abi3-x86_64-linux-gnu`, those
    /// from 3.15 on.
    Stable(Option<&'a str>),
    /// `abi3t`, with a platform or without: every interpreter from 3.15 on looks at it, with the GIL or
    /// without (PEP 803).
    StableFreeThreaded(Option<&'a str>),
    /// Version with flags, and platform: `312`, `x86_64-linux-gnu`.
    CPython(&'a str, &'a str),
    /// Another implementation's, or no ABI at all.
    Other,
}

/// What is wrong with the module's name; `variants` is how many files there are for the same module,
/// of which each interpreter takes its own.
pub(in crate::audit) fn judge(
    binary: &Binary,
    path: &str,
    claim: &Claim,
    variants: usize,
) -> Vec<Finding> {
    let Some(file) = ModuleFile::of(path) else {
        return Vec::new();
    };
    let abis = claim.abis();
    if binary.kind != Kind::SharedLibrary {
        return Vec::new();
    }
    if abis.contains(&PythonAbi::Other) {
        return other_python(binary, file, claim).into_iter().collect();
    }
    // Each slice of a universal file is loaded by itself.
    if binary.parts().iter().any(|part| part.inits.is_empty()) {
        return file
            .is_declared()
            .then(|| no_init(binary, file))
            .into_iter()
            .collect();
    }
    let mut findings = Vec::new();
    let wrong = binary
        .parts()
        .iter()
        .find_map(|part| wrong_init(part, file));
    findings.extend(wrong);
    if abis.iter().all(|abi| *abi == PythonAbi::None) && variants < 2 {
        findings.push(
            Finding::new(Code::PythonWithoutAbi, "is an extension module")
                .promised("the ABI tag none promises that no Python API is used")
                .hint("tag the wheel for the Python that it was built for, or for abi3"),
        );
        return findings;
    }
    let fits = |abi: &PythonAbi| {
        let mut tags = claim.platform_tags().into_iter().peekable();
        tags.peek().is_none() || tags.any(|tag| suffix_fits(file, *abi, tag))
    };
    // A wheel for several Pythons may have a file for each; else one must do for all of them.
    let loads = variants > 1 || abis.iter().all(fits);
    if !loads {
        let ending = path.rsplit('/').next().unwrap_or(path);
        let ending = &ending[file.stem.len()..];
        let tags = claim.abis.join(".");
        findings.push(
            Finding::new(
                Code::WrongSuffix,
                format!("ends in {ending}, which the Pythons of the tag do not look for"),
            )
            .promised(format!(
                "the tags {tags} and {} promise that they load it",
                claim.platforms.join(".")
            ))
            .hint("build it for the Python and platform of the tag, or correct the tag"),
        );
    }
    findings
}

/// PyPy looks for one ending, its own; of other Pythons nothing is known here.
fn other_python(binary: &Binary, file: ModuleFile<'_>, claim: &Claim) -> Option<Finding> {
    let pypy = claim.abis.iter().all(|abi| abi.starts_with("pypy"));
    let fits = claim
        .abis
        .iter()
        .any(|abi| file.tag.starts_with(&abi.replace('_', "-")));
    let has_tag = !file.tag.is_empty() && !binary.inits.is_empty();
    (pypy && has_tag && !fits).then(|| {
        let actual = format!(
            "ends in .{}.{}, which PyPy does not look for",
            file.tag, file.extension
        );
        let tags = claim.abis.join(".");
        Finding::new(Code::WrongSuffix, actual)
            .promised(format!("the tag {tags} promises that it loads it"))
    })
}

fn no_init(binary: &Binary, file: ModuleFile<'_>) -> Finding {
    let severity = if binary.python_symbols().next().is_some() {
        Severity::Error
    } else {
        Severity::Warning
    };
    Finding::new(
        Code::NoInit,
        format!(
            "is named like an extension module, but exports no PyInit_{}",
            file.stem
        ),
    )
    .hint(
        "export the function; a library for ctypes or cffi should end in plain .so, .dylib or .dll",
    )
    .weighing(severity)
}

fn wrong_init(binary: &Binary, file: ModuleFile<'_>) -> Option<Finding> {
    // `PyInitU_` and punycode stand for a name that is not ASCII.
    let found = binary
        .inits
        .iter()
        .any(|init| init == file.stem || (!file.stem.is_ascii() && init.starts_with("U_")));
    if found {
        return None;
    }
    // A library may hold a module for whoever loads it in another way.
    let severity = if file.is_declared() {
        Severity::Error
    } else {
        Severity::Warning
    };
    Some(
        Finding::new(
            Code::WrongInit,
            format!(
                "exports PyInit_{}, but `import` looks for PyInit_{} in a file of that name",
                binary.inits.join(", PyInit_"),
                file.stem
            ),
        )
        .hint("rename the file or the function, so that they agree")
        .weighing(severity),
    )
}

/// Whether an interpreter of this ABI, on a system of this tag, looks for a file with this ending.
fn suffix_fits(file: ModuleFile<'_>, abi: PythonAbi, tag: PlatformTag) -> bool {
    let windows = tag.os() == Some(Os::Windows);
    let extension = if windows { "pyd" } else { "so" };
    if file.extension != extension {
        return false;
    }
    match file.abi() {
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

/// Whether the interpreters of this ABI look for `.abi3.so`: those with the GIL do. Of interpreters that
/// the ABI does not name, some do.
fn looks_for_abi3(abi: PythonAbi) -> bool {
    match abi {
        PythonAbi::CPython(python) => !python.free_threaded,
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
        Some(Os::Linux) => {
            let mut parts = platform.splitn(2, '-');
            let (arch, system) = (parts.next().unwrap_or_default(), parts.next());
            // CPython on musl said `gnu` up to 3.10; Debian's multiarch names say `i386`.
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
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(path: &str, wheel: &str) -> bool {
        let claim = Claim::parse(&format!("a-1-{wheel}.whl")).unwrap();
        let file = ModuleFile::of(path).unwrap();
        let abis = claim.abis();
        claim
            .platform_tags()
            .into_iter()
            .all(|tag| abis.iter().all(|abi| suffix_fits(file, *abi, tag)))
    }

    #[test]
    fn interpreters_look_for_their_own_endings_only() {
        for (path, wheel) in [
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
        ] {
            assert!(fits(path, wheel), "{path} in {wheel}");
        }
        for (path, wheel) in [
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
            ("_n.abi3.so", "cp313-cp313t-macosx_11_0_arm64"),
            ("_n.abi3.pyd", "cp39-abi3-win_amd64"),
            ("_n.abi3t.so", "cp314-abi3-macosx_11_0_arm64"),
            ("_n.abi3t.so", "cp314-cp314t-macosx_11_0_arm64"),
            ("_n.abi3.so", "cp315-abi3t-macosx_11_0_arm64"),
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
        ] {
            assert!(!fits(path, wheel), "{path} in {wheel}");
        }
        for other in ["libz.so.1", "a.dll", "a.dylib", "so"] {
            assert_eq!(ModuleFile::of(other), None, "{other}");
        }
    }
}
