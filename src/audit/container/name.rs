//! Checks the file name: its spelling, version, and tags.

use super::pyemscripten;
use crate::audit::claim::{Claim, cpython, full_abi, full_abi_of_3};
use crate::audit::code::{Code, Severity};
use crate::audit::finding::Finding;
use crate::tags::{Arch, CPython, DistributionName, MacArch, PlatformTag};

/// The prefixes of ABI tags for implementations other than CPython 3, or for special builds of CPython 3.
const OTHER_PYTHONS: [(&str, &str); 7] = [
    ("pypy", "PyPy"),
    ("pp", "PyPy"),
    ("graalpy", "GraalPy"),
    ("pyston", "Pyston"),
    ("jython", "Jython"),
    ("cp2", "CPython 2"),
    ("cp3", "another build of CPython"),
];

/// The beginnings of Python tags of other implementations than CPython: the abbreviations of PEP 425, and the
/// names of those that have none.
const PYTHONS: [&str; 8] = [
    "ip",
    "pp",
    "jy",
    "graalpy",
    "pyston",
    "rustpython",
    "micropython",
    "jython",
];

/// Checks a file name that is the name of a wheel.
pub(in crate::audit) fn judge(claim: &Claim) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(project(claim));
    findings.extend(version(claim));
    let unsorted = [&claim.pythons, &claim.abis, &claim.platforms]
        .into_iter()
        .any(|tags| !tags.is_sorted());
    if unsorted {
        let finding = Finding::new(Code::FilenameSpelling, "has a tag set that is not sorted");
        findings.push(finding.weighing(Severity::Note));
    }
    findings.extend(claim.platforms.iter().filter_map(|tag| platform(tag)));
    findings.extend(interpreter(claim));
    findings.extend(pyemscripten::judge(claim));
    findings.extend(unknown_pythons(claim));
    findings.extend(claim.abis.iter().filter_map(|abi| other_abi(abi, claim)));
    findings
}

fn project(claim: &Claim) -> Option<Finding> {
    match claim.name.parse::<DistributionName>() {
        Ok(name) if name.as_str() == claim.name => None,
        Ok(name) => Some(
            Finding::new(
                Code::FilenameSpelling,
                format!("spells the project {}, which PyPI refuses", claim.name),
            )
            .promised(format!("its normal form is {name}"))
            .hint(format!(
                "rename the file, and its .dist-info and .data folders, to begin with {name}"
            ))
            .weighing(Severity::Error),
        ),
        Err(error) => Some(Finding::new(Code::FilenameInvalid, error.to_string())),
    }
}

fn version(claim: &Claim) -> Option<Finding> {
    let Ok(version) = claim.version_text().parse::<pep440_rs::Version>() else {
        return Some(Finding::new(
            Code::FilenameInvalid,
            format!(
                "has the version {}, which PEP 440 does not allow",
                claim.version
            ),
        ));
    };
    if !version.local().is_empty() {
        let actual = format!("has the local version {}", claim.version);
        return Some(Finding::new(Code::LocalVersion, actual));
    }
    let normal = version.to_string();
    (normal != claim.version).then(|| {
        Finding::new(
            Code::FilenameSpelling,
            format!("spells the version {}", claim.version),
        )
        .promised(format!("its normal form is {normal}"))
    })
}

/// Checks a platform tag by the rules of PyPI; source: warehouse's `utils/wheel.py`.
fn platform(tag: &str) -> Option<Finding> {
    let refuse = |why: &str| {
        Some(
            Finding::new(Code::UnknownTag, format!("has the platform tag {tag}, {why}")).hint(
                "tag the wheel for what its binaries need: manylinux_x_y, musllinux_x_y, macosx_x_y, win, \
                 ios_x_y, android_x, pyemscripten_x_y",
            ),
        )
    };
    match tag.parse::<PlatformTag>() {
        // PyPI accepts `linux_armv7l`, because the manylinux policies did not cover this architecture.
        Ok(PlatformTag::Linux(Arch::Armv7)) => None,
        Ok(PlatformTag::Linux(_)) => refuse("which promises nothing about the system"),
        Ok(PlatformTag::Manylinux(glibc, _)) if glibc.major != 2 => {
            refuse("and there is no such glibc")
        }
        Ok(PlatformTag::Musllinux(musl, _)) if musl.major != 1 => {
            refuse("and there is no such musl")
        }
        Ok(PlatformTag::Manylinux1(arch) | PlatformTag::Manylinux2010(arch))
            if !matches!(arch, Arch::X86_64 | Arch::X86) =>
        {
            refuse("and manylinux1 and manylinux2010 are for x86 only")
        }
        Ok(PlatformTag::Manylinux2014(Arch::Riscv64)) => {
            refuse("and manylinux2014 is not for riscv64")
        }
        Ok(PlatformTag::Macos(release, MacArch::Arm64)) if release.major < 11 => {
            let finding = refuse("which no installer looks for: arm64 begins with macOS 11");
            finding.map(|finding| finding.weighing(Severity::Warning))
        }
        Ok(PlatformTag::Macos(release, _)) => {
            let known = match release.major {
                // Installers on later systems look for tags up to 10.16.
                10 => release.minor <= 16,
                11..=15 | 26 => release.minor == 0,
                _ => false,
            };
            // Accept newer major releases too; their minor releases are never tags.
            if known || (release.major > 26 && release.minor == 0) {
                None
            } else {
                refuse("and no installer looks for it")
            }
        }
        Ok(tag) if !tag.arches().into_iter().all(is_accepted_by_pypi) => {
            refuse("which PyPI does not accept yet")
        }
        Ok(
            PlatformTag::Any
            | PlatformTag::Manylinux1(_)
            | PlatformTag::Manylinux2010(_)
            | PlatformTag::Manylinux2014(_)
            | PlatformTag::Manylinux(..)
            | PlatformTag::Musllinux(..)
            | PlatformTag::Windows(_)
            | PlatformTag::Ios(..)
            | PlatformTag::Android(..)
            | PlatformTag::Pyemscripten(_),
        ) => None,
        Ok(PlatformTag::Pyodide(release)) => {
            let name = PlatformTag::Pyemscripten(release);
            refuse(&format!(
                "which PyPI does not accept: since PEP 783 its name is {name}"
            ))
        }
        Err(_) if is_unjudged(tag) => Some(
            Finding::new(
                Code::NotJudged,
                format!("has the platform tag {tag}, which the checks do not support"),
            )
            .weighing(Severity::Warning),
        ),
        Err(_) => refuse("which no index or installer knows"),
    }
}

/// Whether PyPI accepts wheels for an architecture.
fn is_accepted_by_pypi(arch: Arch) -> bool {
    match arch {
        Arch::X86_64
        | Arch::Aarch64
        | Arch::X86
        | Arch::Armv7
        | Arch::Ppc64le
        | Arch::S390x
        | Arch::Riscv64
        | Arch::Wasm32 => true,
        Arch::Loongarch64 => false,
    }
}

/// Platforms that PyPI accepts, but which have no rules here.
fn is_unjudged(tag: &str) -> bool {
    let is_number =
        |text: &str| !text.is_empty() && text.len() < 4 && text.bytes().all(|b| b.is_ascii_digit());
    let old_macos = [
        "intel",
        "fat",
        "fat3",
        "fat64",
        "universal",
        "i386",
        "ppc",
        "ppc64",
    ];
    let parts: Vec<_> = tag.split('_').collect();
    match parts[..] {
        ["macosx", "10", minor, arch] => is_number(minor) && old_macos.contains(&arch),
        ["macosx", "11" | "12" | "13" | "14" | "15" | "26", "0", arch] => old_macos.contains(&arch),
        ["manylinux", major, minor, "ppc64"] => is_number(major) && is_number(minor),
        ["manylinux2014", "ppc64"] | ["win", "ia64"] | ["linux", "armv6l"] => true,
        _ => false,
    }
}

fn interpreter(claim: &Claim) -> Option<Finding> {
    let refuse = |actual: String| Some(Finding::new(Code::InterpreterTag, actual));
    let pythons = claim.pythons.join(".");
    let abis = claim.abis.join(".");
    let versions: Vec<_> = claim
        .pythons
        .iter()
        .filter_map(|tag| cpython(tag))
        .collect();
    for abi in &claim.abis {
        if matches!(abi.as_str(), "abi3" | "abi3t") {
            let stable = versions
                .iter()
                .any(|version| version.major == 3 && version.minor >= 2);
            if !stable {
                return refuse(format!(
                    "has the ABI {abi} and the Python tag {pythons}, which names no CPython to begin with"
                ));
            }
        } else if let Some(CPython { version, .. }) = full_abi(abi)
            && !versions.contains(&version)
        {
            return refuse(format!(
                "has the ABI tag {abis} and the Python tag {pythons}: no Python has both"
            ));
        }
    }
    None
}

/// Reports Python tags that no Python has. Installers ignore them beside others.
fn unknown_pythons(claim: &Claim) -> Vec<Finding> {
    let severity = beside(&claim.pythons, is_python_tag);
    let unknown = claim.pythons.iter().filter(|tag| !is_python_tag(tag));
    let found = unknown.map(|tag| {
        let actual = format!("has the Python tag {tag}, which no Python has");
        let hint = "use a Python tag like py3, cp312 or pp311";
        let finding = Finding::new(Code::InterpreterTag, actual).hint(hint);
        finding.weighing(severity)
    });
    found.collect()
}

/// The severity of tags that no Python has.
fn beside(tags: &[String], is_known: impl Fn(&str) -> bool) -> Severity {
    Severity::error_if(!tags.iter().any(|tag| is_known(tag)))
}

/// Whether some Python has this tag. Source: PEP 425, and `interpreter_name` in PyPA's packaging.tags.
fn is_python_tag(tag: &str) -> bool {
    let name = tag.trim_end_matches(|c: char| c.is_ascii_digit());
    let version = &tag[name.len()..];
    match name {
        // `py3` and `py312`; CPython's own tag has a minor version.
        "py" => !version.is_empty(),
        "cp" => version.len() >= 2,
        _ => PYTHONS.contains(&name) && !version.is_empty(),
    }
}

fn is_known_abi(abi: &str) -> bool {
    matches!(abi, "none" | "abi3" | "abi3t") || full_abi_of_3(abi).is_some()
}

/// Reports an ABI that is not one of CPython 3, because only those have rules here.
fn other_abi(abi: &str, claim: &Claim) -> Option<Finding> {
    if is_known_abi(abi) {
        return None;
    }
    let other = |abi: &str| {
        OTHER_PYTHONS
            .iter()
            .find(|(prefix, _)| abi.starts_with(prefix))
    };
    let Some((_, python)) = other(abi) else {
        let actual = format!("has the ABI tag {abi}, which no Python has");
        let severity = beside(&claim.abis, |abi| is_known_abi(abi) || other(abi).is_some());
        let finding = Finding::new(Code::InterpreterTag, actual).weighing(severity);
        return Some(
            finding.hint(
                "use an ABI tag of CPython: none, abi3, abi3t, or a tag like cp312 or cp314t",
            ),
        );
    };
    let actual = format!(
        "has the ABI tag {abi} of {python}: the symbols of Python that its modules use are not checked"
    );
    Some(Finding::new(Code::NotJudged, actual).weighing(Severity::Note))
}
