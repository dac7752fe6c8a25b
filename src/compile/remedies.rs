//! Remedies: what to change in build.zig or pyproject.toml when a build is refused.
//!
//! Takes a finding of the audit or the output of zig; gives advice with the lines to add, for the Zig of
//! the build. Findings and their hints apply to wheels of any build tool; only this module speaks about
//! build.zig, and `explain` prints the same texts. Each remedy has a section in docs/build-zig.md with the
//! same lines.

pub mod guide;
mod log;
mod texts;

pub use log::{meaning, take_missing_from_dll};

use crate::audit::{Code, Finding};
use crate::error::Problem;
use crate::platform::Platform;
use crate::tags::ZigVersion;

/// The first Zig whose build scripts know the environment as `environ_map`.
const ENVIRON_MAP: ZigVersion = ZigVersion::new(0, 16, 0);

/// A change of a build script or of its project, for one way in which it breaks the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// Use the target that the build is given.
    Target,
    /// Raise the oldest system that the wheel is for.
    Floor,
    /// Use the CPU that the build is given.
    Cpu,
    /// Install what is built.
    Nothing,
    /// Install below the prefix instead of the source tree.
    InTree,
    /// Link Python on Windows.
    ImportLibrary,
    /// Give an option that the script requires.
    Option,
    /// Declare each option once.
    DeclaredTwice,
    /// Export the module under its name.
    Module,
    /// Add the folder of Python.h.
    Headers,
    /// Leave Python's symbols undefined where the interpreter provides them.
    Undefined,
    /// Define `Py_LIMITED_API` only for Pythons that have it.
    LimitedApi,
    /// Keep to the stable ABI, or set another ABI.
    StableAbi,
    /// Set the ABI that the code has.
    Abi,
    /// Compile the source file, or link the library, that defines a symbol.
    Sources,
    /// Ship a library, or link it statically.
    Library,
    /// Declare that the module runs without the GIL.
    Gil,
    /// Fill the header of the module's definition.
    ModuleHeader,
    /// Use a standard library that does without functions of later musl releases.
    Musl,
    /// Search libraries in the wheel only.
    SearchPath,
    /// Let Zig strip and sign.
    Strip,
    /// Compile position-independent code.
    Pic,
    /// Align segments for large pages.
    PageSize,
    /// Leave files out of the wheel.
    Files,
}

impl Remedy {
    /// All of them, in the order of the document.
    pub const ALL: [Self; 24] = [
        Self::Target,
        Self::Floor,
        Self::Cpu,
        Self::Nothing,
        Self::InTree,
        Self::ImportLibrary,
        Self::Option,
        Self::DeclaredTwice,
        Self::Module,
        Self::Headers,
        Self::Undefined,
        Self::LimitedApi,
        Self::StableAbi,
        Self::Abi,
        Self::Sources,
        Self::Library,
        Self::Gil,
        Self::ModuleHeader,
        Self::Musl,
        Self::SearchPath,
        Self::Strip,
        Self::Pic,
        Self::PageSize,
        Self::Files,
    ];

    /// The remedies for a finding of the audit. Empty if the finding's own hint is enough, or if no project can
    /// cause the finding because this program writes that part of the wheel.
    #[expect(
        clippy::too_many_lines,
        reason = "one table: the compiler checks that each check has its arm"
    )]
    pub fn of(code: Code) -> &'static [Self] {
        match code {
            Code::WrongSystem | Code::WrongMachine | Code::MissingSlice | Code::WrongLibc => {
                &[Self::Target]
            }
            Code::FloorTooHigh => &[Self::Target, Self::Floor],
            Code::SymbolVersion => &[Self::Floor],
            Code::CpuBaseline | Code::IsaLevel => &[Self::Cpu],
            Code::NoPythonDll | Code::WrongPythonDll => &[Self::ImportLibrary],
            Code::NoInit | Code::WrongInit => &[Self::Module],
            Code::LinksLibpython => &[Self::Undefined],
            Code::NotStableAbi => &[Self::StableAbi],
            Code::PythonWithoutAbi => &[Self::Abi],
            Code::UndefinedSymbol | Code::MuslSymbol => &[Self::Sources],
            Code::ForeignLibrary => &[Self::Library],
            Code::EnablesGil => &[Self::Gil],
            Code::ZeroedDefinition => &[Self::ModuleHeader],
            Code::MuslPatch => &[Self::Musl],
            Code::UnreachableLibrary | Code::UnsafeRpath => &[Self::SearchPath],
            Code::NoFloor
            | Code::NotSigned
            | Code::BadSignature
            | Code::DamagedBinary
            | Code::BuildPath => &[Self::Strip],
            Code::TextRelocations => &[Self::Pic],
            Code::SegmentAlignment => &[Self::PageSize],
            Code::CommonName
            | Code::TopLevelFile
            | Code::NotImportable
            | Code::DuplicateFiles
            | Code::ManyTopLevel
            | Code::InitAtTop
            | Code::Bytecode
            | Code::StaleModule
            | Code::UploadSize => &[Self::Files],
            Code::NativeInPure
            | Code::BlacklistedSymbol
            | Code::WrongSuffix
            | Code::NotALibrary
            | Code::ExecutableStack
            | Code::InstallName
            | Code::NotJudged
            | Code::NoNativeCode
            | Code::NotAZip
            | Code::ZipPrefix
            | Code::ZipTrailing
            | Code::ZipComment
            | Code::ZipDirectory
            | Code::ZipHidden
            | Code::ZipOverlap
            | Code::ZipHeaders
            | Code::ZipDataDescriptor
            | Code::ZipDuplicate
            | Code::ZipMethod
            | Code::ZipEncrypted
            | Code::ZipEntryComment
            | Code::ZipExtra
            | Code::ZipNameEncoding
            | Code::ZipDamaged
            | Code::ZipBomb
            | Code::ZipTooLarge
            | Code::ZipFolder
            | Code::PathTraversal
            | Code::PathAbsolute
            | Code::PathCharacter
            | Code::PathReserved
            | Code::PathCollision
            | Code::PathFileAndFolder
            | Code::PathNotRegular
            | Code::PathMode
            | Code::RecordMissing
            | Code::RecordUnreadable
            | Code::RecordUnlisted
            | Code::RecordAbsent
            | Code::RecordDuplicate
            | Code::RecordHash
            | Code::RecordSize
            | Code::RecordNoHash
            | Code::RecordWeakHash
            | Code::RecordSelf
            | Code::RecordPath
            | Code::FilenameInvalid
            | Code::FilenameSpelling
            | Code::LocalVersion
            | Code::UnknownTag
            | Code::InterpreterTag
            | Code::DistInfoMissing
            | Code::DistInfoMany
            | Code::WheelMissing
            | Code::WheelInvalid
            | Code::WheelTags
            | Code::WheelBuild
            | Code::PureInPlatlib
            | Code::MetadataMissing
            | Code::MetadataUnreadable
            | Code::MetadataVersion
            | Code::MetadataName
            | Code::MetadataField
            | Code::MetadataRequirement
            | Code::MetadataClassifier
            | Code::MetadataLicense
            | Code::MetadataDeprecated
            | Code::MetadataReadme
            | Code::ReadmeMarkup
            | Code::EntryPoints
            | Code::ScriptName
            | Code::DeadEntryPoint
            | Code::ShadowedModule
            | Code::DataScheme
            | Code::ForeignData
            | Code::ScriptShebang
            | Code::RedundantScheme
            | Code::InstalledTwice
            | Code::RequiresPython
            | Code::StartupFile
            | Code::ReservedFile
            | Code::Empty
            | Code::NoModules
            | Code::SdistName
            | Code::SdistFormat
            | Code::NotATar
            | Code::SdistTrailing
            | Code::SdistSparse
            | Code::SdistBomb
            | Code::SdistTooLarge
            | Code::SdistFolder
            | Code::SdistDuplicate
            | Code::SdistLink
            | Code::SdistOldMetadata
            | Code::SdistPyproject
            | Code::SdistCheckout
            | Code::SecretFile
            | Code::ReleaseHole
            | Code::ReleaseSameTags
            | Code::ReleaseShadowed
            | Code::ReleaseMetadata
            | Code::ReleaseNoSdist => &[],
        }
    }

    /// The lines to add, as this Zig spells them.
    fn lines(self, zig: &ZigVersion) -> Vec<String> {
        let spelled = |line: &&str| {
            if *zig >= ENVIRON_MAP {
                (*line).to_owned()
            } else {
                line.replace("environ_map", "env_map")
            }
        };
        self.text().lines.iter().map(spelled).collect()
    }

    /// A link to the section about it, as from a document beside docs/build-zig.md.
    pub fn link(self) -> String {
        format!("[{}](build-zig.md#{})", self.text().title, self.name())
    }

    /// The name of its section, which `explain` prints.
    pub fn name(self) -> String {
        guide::anchor(self.text().title)
    }

    /// The advice, and the lines indented below it.
    fn advice(self, lines: &[String]) -> String {
        above(self.text().advice, lines)
    }

    /// What to do, with the lines to add and the command that explains more.
    pub fn hint(self, zig: &ZigVersion) -> String {
        let name = self.name();
        format!(
            "{}\nmore about it: `pyz3-wheel explain {name}`",
            self.brief(zig)
        )
    }

    /// What to do, with the lines to add.
    fn brief(self, zig: &ZigVersion) -> String {
        self.advice(&self.lines(zig))
    }

    /// The lines to add, for every Zig.
    pub fn lines_for_every_zig(self) -> String {
        for_every_zig(above("add these lines", &self.lines(&ENVIRON_MAP)))
    }
}

/// The remedies for a check in a project that this program builds, for every Zig; `None` if the check has no remedies.
pub fn explanation(code: Code) -> Option<String> {
    let remedies = Remedy::of(code);
    let advice = remedies.iter().map(|remedy| remedy.brief(&ENVIRON_MAP));
    let text = for_every_zig(advice.collect::<Vec<_>>().join("\n"));
    (!remedies.is_empty()).then_some(text)
}

/// An advice with lines indented below it.
fn above(advice: &str, lines: &[String]) -> String {
    let lines = lines.iter().map(|line| format!("\n    {line}"));
    lines.fold(advice.to_owned(), |text, line| text + &line)
}

/// Adds to lines for the newest Zig how earlier versions spell them.
fn for_every_zig(mut text: String) -> String {
    if text.contains("environ_map") {
        text.push_str("\n(before Zig 0.16: env_map instead of environ_map)");
    }
    text
}

/// A finding of the audit as a problem of the build for this platform, with the remedies as its hint. The
/// finding's own hint, which is written for all build tools, is kept only if no remedy can replace it.
pub fn problem(finding: Finding, platform: Platform, zig: &ZigVersion) -> Problem {
    let code = finding.code;
    let floor = finding.possible_floor;
    let mut problem = Problem::from(finding);
    let remedies = Remedy::of(code).iter().map(|remedy| match (remedy, floor) {
        (Remedy::Floor, Some(floor)) => remedy.advice(&[
            format!("[tool.pyz3-wheel.platform.{platform}]"),
            format!("floor = \"{floor}\""),
        ]),
        _ => remedy.brief(zig),
    });
    let mut hints: Vec<_> = remedies.collect();
    // The hint about a symbol names the releases that have it, which a remedy cannot know.
    if hints.is_empty() || matches!(code, Code::UndefinedSymbol | Code::SymbolVersion) {
        hints.splice(..0, problem.hint.take());
    }
    hints.push(format!("more about it: `pyz3-wheel explain {code}`"));
    problem.hint = Some(hints.join("\n"));
    problem
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::Severity;
    use crate::tags::Release;

    #[test]
    fn the_document_has_a_section_for_each_remedy_with_its_lines() {
        let document = include_str!("../../docs/build-zig.md");
        for remedy in Remedy::ALL {
            let title = remedy.text().title;
            let (_, rest) = document
                .split_once(&format!("\n### {title}\n"))
                .unwrap_or_else(|| panic!("no section {title:?}"));
            let section = rest.split("\n### ").next().unwrap();
            for zig in [ZigVersion::new(0, 14, 1), ZigVersion::new(0, 17, 1)] {
                for line in remedy.lines(&zig) {
                    assert!(section.contains(&line), "{line} in {title}");
                }
            }
        }
    }

    #[test]
    fn a_check_is_explained_with_the_lines_of_its_remedies() {
        let text = explanation(Code::NoPythonDll).unwrap();
        assert!(
            text.contains("\n    const env = b.graph.environ_map;\n"),
            "{text}"
        );
        assert!(text.ends_with("(before Zig 0.16: env_map instead of environ_map)"));
        let text = explanation(Code::FloorTooHigh).unwrap();
        assert!(
            text.contains("const target") && text.contains("\n    floor = "),
            "{text}"
        );
        assert_eq!(explanation(Code::ZipPrefix), None);
    }

    /// The hint of a problem that a build for Linux on aarch64 has because of a check.
    fn hint(code: Code) -> String {
        let finding = Finding {
            code,
            severity: Severity::Error,
            file: None,
            promised: None,
            actual: "needs more".to_owned(),
            hint: Some("use another tag".to_owned()),
            possible_floor: Some(Release::new(2, 36)),
            possible_python: None,
        };
        let problem = problem(finding, Platform::LinuxAarch64, &ENVIRON_MAP);
        problem.hint.unwrap()
    }

    #[test]
    fn a_rejected_build_gets_the_remedies_for_its_platform() {
        let floor = "raise the floor in pyproject.toml\n    [tool.pyz3-wheel.platform.linux-aarch64]\n    \
                     floor = \"2.36\"\nmore about it: `pyz3-wheel explain floor-too-high`";
        let text = hint(Code::FloorTooHigh);
        assert!(text.starts_with("use the target that"), "{text}");
        assert!(text.ends_with(floor), "{text}");
    }

    #[test]
    fn the_hint_of_a_finding_remains_where_no_remedy_says_the_same() {
        assert_eq!(
            hint(Code::ZipPrefix),
            "use another tag\nmore about it: `pyz3-wheel explain zip-prefix`"
        );
        let text = hint(Code::UndefinedSymbol);
        assert!(text.starts_with("use another tag\nif the symbol"), "{text}");
    }

    #[test]
    fn lines_read_the_environment_as_each_zig_spells_it() {
        let lines = |zig| Remedy::ImportLibrary.lines(&zig).swap_remove(0);
        assert!(lines(ZigVersion::new(0, 15, 2)).contains("env_map"));
        assert!(lines(ZigVersion::new(0, 16, 0)).contains("environ_map"));
    }
}
