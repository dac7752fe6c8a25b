//! Holds a binary against what its wheel's tag will promise.
//!
//! Takes a [`Binary`] and what is [`Expected`]; gives every [`Finding`] with its remedy. System and
//! machine are judged here, all else by the rules of the system (`linux`, `macos`, `windows`).

use std::fmt;

use super::{Binary, linux, macos, windows};
use crate::error::Problem;
use crate::platform::{Os, ZigTarget};
use crate::tags::{AbiTag, Arch, Release};

/// What is expected of a binary.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// What the build was asked for, which the wheel's platform tags come from.
    pub target: ZigTarget,
    /// The ABI tag of the wheel.
    pub abi: AbiTag,
    /// Whether it is an extension module, and no library beside one.
    pub is_extension: bool,
    /// The file names of the libraries that the same wheel ships.
    pub shipped: &'a [String],
}

impl Expected<'_> {
    /// Whether a library of this file name is in the same wheel; `same` compares two names.
    pub(super) fn ships(&self, name: &str, same: fn(&str, &str) -> bool) -> bool {
        self.shipped.iter().any(|shipped| same(shipped, name))
    }
}

/// What a finding is about; the names are an interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// Built for another operating system.
    WrongSystem,
    /// Built for another architecture.
    WrongMachine,
    /// Linked with another C library than glibc.
    WrongLibc,
    /// Needs a newer system than the tag promises.
    FloorTooHigh,
    /// Does not say which system it needs.
    NoFloor,
    /// Asks for a symbol version that not every promised system has.
    SymbolVersion,
    /// Loads a library that neither the system nor the wheel has.
    ForeignLibrary,
    /// Loads the Python library where extension modules must not.
    LinksLibpython,
    /// Uses CPython's API in a wheel that promises to use none.
    PythonWithoutAbi,
    /// A Windows extension module that imports no Python DLL.
    NoPythonDll,
    /// Imports another Python DLL than that of the wheel's ABI.
    WrongPythonDll,
    /// An Apple silicon binary without a code signature.
    NotSigned,
}

impl Code {
    /// The stable name.
    ///
    /// Ex) `wrong-machine`
    pub fn name(self) -> &'static str {
        match self {
            Self::WrongSystem => "wrong-system",
            Self::WrongMachine => "wrong-machine",
            Self::WrongLibc => "wrong-libc",
            Self::FloorTooHigh => "floor-too-high",
            Self::NoFloor => "no-floor",
            Self::SymbolVersion => "symbol-version",
            Self::ForeignLibrary => "foreign-library",
            Self::LinksLibpython => "links-libpython",
            Self::PythonWithoutAbi => "python-without-abi",
            Self::NoPythonDll => "no-python-dll",
            Self::WrongPythonDll => "wrong-python-dll",
            Self::NotSigned => "not-signed",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl serde::Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Something about a binary that its wheel's tag would be wrong about.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// What it is about.
    pub code: Code,
    /// What is wrong, and the remedy; the binary is the subject of the sentence.
    pub problem: Problem,
}

impl Finding {
    pub(super) fn new(code: Code, message: String, hint: impl Into<String>) -> Self {
        Self {
            code,
            problem: Problem::new(message).hint(hint),
        }
    }
}

/// The remedy for a build that went its own way.
const USE_TARGET: &str = "build.zig does not use ZIG_TARGET nor -Dtarget: take the target\n\
    \u{20}   const target = b.standardTargetOptions(.{});\n\
    and give it to the module\n\
    \u{20}   const mod = b.createModule(.{ .target = target, .optimize = optimize, … });";

/// What is wrong with a build for this machine's own platform whose script can't know its target:
/// the result fits, but for the CPU that it was compiled for, which no binary tells.
pub fn ignores_target() -> Problem {
    Problem::new(
        "build.zig takes its target from neither -Dtarget nor ZIG_TARGET, \
         so it builds for this machine and its very CPU",
    )
    .hint(USE_TARGET)
}

/// Everything that is wrong with a binary for this wheel; nothing if it keeps the tag's promise.
pub fn check(binary: &Binary, expected: &Expected<'_>) -> Vec<Finding> {
    let platform = expected.target.platform();
    let wrong = |code| {
        let wanted = machine(platform.os(), platform.arch());
        let message = format!("is built for {}, not for {wanted}", binary.machine);
        vec![Finding::new(code, message, USE_TARGET)]
    };
    // What follows would be judged by the wrong rules: one cause, one finding.
    if binary.os != Some(platform.os()) {
        return wrong(Code::WrongSystem);
    }
    if binary.arch != Some(platform.arch()) {
        return wrong(Code::WrongMachine);
    }
    let mut findings = match platform.os() {
        Os::Linux => linux::check(binary, expected),
        Os::Macos => macos::check(binary, expected),
        Os::Windows => windows::check(binary, expected),
    };
    let no_abi = expected.abi == AbiTag::None && !expected.is_extension;
    if no_abi
        && (binary.undefined_python || binary.imports.iter().any(|dll| windows::is_python(dll)))
    {
        findings.push(Finding::new(
            Code::PythonWithoutAbi,
            "uses CPython's API, which the ABI tag `none` rules out".to_owned(),
            "if it is an extension module, export PyInit_<name> and set abi = \"full\" or \"abi3\" in \
             [tool.pyz3-wheel]; if it is a library for ctypes or cffi, use none of Python.h",
        ));
    }
    findings
}

/// System and architecture as a [`Binary`] names them.
fn machine(os: Os, arch: Arch) -> String {
    match (os, arch) {
        (Os::Linux, arch) => format!("Linux {}", arch.zig()),
        (Os::Macos, Arch::X86_64) => "macOS x86_64".to_owned(),
        (Os::Macos, Arch::Aarch64) => "macOS arm64".to_owned(),
        (Os::Windows, Arch::X86_64) => "Windows x64".to_owned(),
        (Os::Windows, Arch::Aarch64) => "Windows arm64".to_owned(),
    }
}

/// A binary that needs more than the tag's release, which only the build or the tag can change.
pub(super) fn floor_too_high(
    expected: &Expected<'_>,
    needs: &str,
    promised: Release,
    possible: Release,
) -> Finding {
    let platform = expected.target.platform();
    Finding::new(
        Code::FloorTooHigh,
        format!("needs {needs}, the wheel's tag promises {promised}"),
        format!(
            "most often {USE_TARGET}\n\
             if the code really needs that release, let the tag say so in pyproject.toml\n\
             \u{20}   [tool.pyz3-wheel.platform.{platform}]\n\
             \u{20}   floor = \"{possible}\""
        ),
    )
}

/// A library that is neither the system's nor in the wheel.
pub(super) fn foreign_library(name: &str, where_: &str) -> Finding {
    Finding::new(
        Code::ForeignLibrary,
        format!("loads {name}, which is neither in the wheel nor part of {where_}"),
        "link it statically, or let build.zig install it so that it is shipped in the wheel",
    )
}
