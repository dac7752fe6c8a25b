//! The plan: which jobs there are, for which wheels, decided once.
//!
//! Takes what was asked ([`Request`]), what the project says and which Pythons the machine has;
//! gives a [`Plan`]. Pure: nothing is read, run or written here, and no later stage decides again.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use serde::Serialize;

use crate::error::{Error, ErrorKind, Problem, Result, nearest};
use crate::platform::{ExtensionAbi, Platform, ZigTarget};
use crate::project::{Abi, ModuleName, Project};
use crate::tags::{AbiTag, PythonTag, PythonVersion, WheelFilename, serialize_as_display};
use crate::toolchain::{Interpreter, ZigRequest};

/// The CPythons that wheels can be built for: those whose Windows import library we can make.
pub const SUPPORTED_PYTHONS: std::ops::RangeInclusive<PythonVersion> =
    PythonVersion::new(3, 9)..=PythonVersion::new(3, 14);

/// The CPythons that `--all-pythons` means: those that our tests build for, install and import.
pub const TESTED_PYTHONS: [PythonVersion; 5] = [
    PythonVersion::new(3, 9),
    PythonVersion::new(3, 10),
    PythonVersion::new(3, 11),
    PythonVersion::new(3, 12),
    PythonVersion::new(3, 13),
];

/// Zig's optimize modes, in the words that every Zig before 0.17 knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Optimize {
    /// No optimisation, safety checks, debug information.
    Debug,
    /// Optimised, with safety checks.
    ReleaseSafe,
    /// Optimised for speed, without safety checks.
    #[default]
    ReleaseFast,
    /// Optimised for size, without safety checks.
    ReleaseSmall,
}

impl Optimize {
    /// Every mode.
    pub const ALL: [Self; 4] = [
        Self::Debug,
        Self::ReleaseSafe,
        Self::ReleaseFast,
        Self::ReleaseSmall,
    ];

    /// As `PYDUST_OPTIMIZE` and `-Doptimize` have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Debug => "Debug",
            Self::ReleaseSafe => "ReleaseSafe",
            Self::ReleaseFast => "ReleaseFast",
            Self::ReleaseSmall => "ReleaseSmall",
        }
    }

    /// The spelling that came with Zig 0.17.
    pub fn short_name(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::ReleaseSafe => "safe",
            Self::ReleaseFast => "fast",
            Self::ReleaseSmall => "small",
        }
    }
}

impl fmt::Display for Optimize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Optimize {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|mode| mode.name() == text)
            .ok_or_else(|| {
                let names = Self::ALL.map(Self::name);
                let list = names.join(", ");
                let hint = match nearest(text, names) {
                    Some(name) => format!("did you mean {name}? the modes are {list}"),
                    None => format!("the modes are {list}"),
                };
                Problem::new(format!("unknown optimize mode `{text}`")).hint(hint)
            })
    }
}

/// One Python as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PythonRequest {
    /// A version, free-threaded or not: `3.12`, `cp312`, `3.13t`.
    Version(PythonVersion, bool),
    /// An interpreter: a path, or a command name.
    Path(PathBuf),
}

impl FromStr for PythonRequest {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (digits, free_threaded) = match text.strip_suffix('t') {
            Some(rest) if rest.ends_with(|c: char| c.is_ascii_digit()) => (rest, true),
            _ => (text, false),
        };
        if let Ok(version) = digits.parse() {
            return Ok(Self::Version(version, free_threaded));
        }
        if let Ok(PythonTag::CPython(version)) = digits.parse() {
            return Ok(Self::Version(version, free_threaded));
        }
        if text.contains(['/', '\\']) || text.starts_with("python") {
            return Ok(Self::Path(PathBuf::from(text)));
        }
        Err(Problem::new(format!("unknown Python `{text}`"))
            .hint("give a version (3.12, cp312, 3.13t) or the path of an interpreter"))
    }
}

impl fmt::Display for PythonRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(version, free_threaded) => {
                write!(f, "{version}{}", if *free_threaded { "t" } else { "" })
            }
            Self::Path(path) => write!(f, "{}", path.display()),
        }
    }
}

/// Which Pythons to build for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PythonSelection {
    /// The active virtual environment's, else `python3`'s.
    Default,
    /// Every supported version that requires-python admits and the machine has.
    All,
    /// These.
    These(Vec<PythonRequest>),
}

/// Where a setting came from, and its value: what `--dry-run` shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SettingOrigin {
    /// The setting's name.
    pub name: &'static str,
    /// Its value.
    pub value: String,
    /// An option, an environment variable, a place in a file, or `default`.
    pub origin: String,
}

/// What was asked for, resolved from options, environment and configuration.
#[derive(Debug, Clone)]
pub struct Request {
    /// The platforms, each with its floor, in the order in which they were asked for.
    pub targets: Vec<ZigTarget>,
    /// The Pythons.
    pub pythons: PythonSelection,
    /// The optimize mode.
    pub optimize: Optimize,
    /// Where the wheels go.
    pub output_dir: PathBuf,
    /// Which Zig.
    pub zig: ZigRequest,
    /// Where each of these came from.
    pub origins: Vec<SettingOrigin>,
}

/// The Pythons of this machine, as far as this request is concerned.
#[derive(Debug, Clone, Default)]
pub struct Machine {
    /// Every usable CPython, sorted by version.
    pub interpreters: Vec<Interpreter>,
    /// The active virtual environment's, else `python3`'s.
    pub default: Option<Interpreter>,
    /// What the paths among the requested Pythons turned out to be.
    pub by_path: BTreeMap<PathBuf, Interpreter>,
}

/// Everything that will be done.
#[derive(Debug, Clone, Serialize)]
pub struct Plan {
    /// The project's name, as written.
    pub project: String,
    /// Its version.
    pub version: String,
    /// The kind of native code, which decides how many compiles and wheels there are.
    pub abi: Abi,
    /// How the kind was found out.
    pub abi_reason: String,
    /// The optimize mode of every job.
    pub optimize: Optimize,
    /// Where the wheels go.
    pub output_dir: PathBuf,
    /// Where the settings came from.
    pub settings: Vec<SettingOrigin>,
    /// The compiles, one wheel each.
    pub jobs: Vec<Job>,
}

/// One compile, for one wheel.
#[derive(Debug, Clone, Serialize)]
pub struct Job {
    /// Its name in reports and logs.
    ///
    /// Ex) `linux-x86_64-cp312`
    pub id: String,
    /// The platform.
    pub platform: Platform,
    /// What Zig is asked for.
    pub zig_target: ZigTarget,
    /// Which ABI the binary has.
    pub abi: AbiTag,
    /// The interpreter whose headers the job gets; none where no Python is involved.
    pub python: Option<Interpreter>,
    /// The optimize mode.
    pub optimize: Optimize,
    /// What `Py_LIMITED_API` is to be.
    pub limited_api: Option<String>,
    /// How the file name of an extension module ends; none for shared libraries.
    pub extension_suffix: Option<String>,
    /// The extension modules that the build must yield; empty: whatever it yields.
    pub modules: Vec<ModuleName>,
    /// The wheel.
    pub wheel: WheelFilename,
}

serialize_as_display!(Optimize);

/// The Pythons that the request needs by version and the machine lacks.
pub fn missing_versions(
    request: &Request,
    project: &Project,
    machine: &Machine,
) -> Vec<(PythonVersion, bool)> {
    let wanted: Vec<_> = match decide_abi(project).0 {
        Abi::None => Vec::new(),
        Abi::Abi3 => vec![PythonRequest::Version(abi3_floor(project), false)],
        Abi::Full => match &request.pythons {
            PythonSelection::Default => Vec::new(),
            PythonSelection::These(requests) => requests.clone(),
            PythonSelection::All => TESTED_PYTHONS
                .into_iter()
                .filter(|version| project.metadata.admits(*version))
                .map(|version| PythonRequest::Version(version, false))
                .collect(),
        },
    };
    wanted
        .iter()
        .filter(|request| find(request, machine).is_none())
        .filter_map(|request| match request {
            // What would be refused anyway is not worth a download.
            PythonRequest::Version(version, free_threaded) => refusal(*version, None, project)
                .is_none()
                .then_some((*version, *free_threaded)),
            PythonRequest::Path(_) => None,
        })
        .collect()
}

/// Whether any job of this project needs a Python.
pub fn needs_python(project: &Project) -> bool {
    decide_abi(project).0 != Abi::None
}

impl Plan {
    /// Decides what is to be done, or says everything that stands against it.
    pub fn new(request: &Request, project: &Project, machine: &Machine) -> Result<Self> {
        let (abi, abi_reason) = decide_abi(project);
        let mut problems = Vec::new();
        let pythons = match abi {
            Abi::Full => select_pythons(request, project, machine, &mut problems),
            Abi::Abi3 => abi3_python(project, machine, &mut problems)
                .into_iter()
                .collect(),
            Abi::None => Vec::new(),
        };
        Error::check(ErrorKind::Config, problems)?;
        let jobs = request
            .targets
            .iter()
            .flat_map(|target| match abi {
                Abi::None => vec![job(request, project, *target, AbiTag::None, None)],
                Abi::Abi3 => pythons
                    .iter()
                    .map(|python| job(request, project, *target, AbiTag::Abi3, Some(python)))
                    .collect(),
                Abi::Full => pythons
                    .iter()
                    .map(|python| job(request, project, *target, abi_tag(python), Some(python)))
                    .collect(),
            })
            .collect();
        Ok(Self {
            project: project.metadata.name().to_owned(),
            version: project.metadata.version().to_string(),
            abi,
            abi_reason,
            optimize: request.optimize,
            output_dir: request.output_dir.clone(),
            settings: request.origins.clone(),
            jobs,
        })
    }
}

/// The ABI that an extension on the full API of this Python has.
pub fn abi_tag(python: &Interpreter) -> AbiTag {
    AbiTag::CPython {
        version: python.version,
        free_threaded: python.free_threaded,
    }
}

/// Decides what kind of native code the project has, from what it says of itself.
fn decide_abi(project: &Project) -> (Abi, String) {
    if let Some(abi) = &project.config.abi {
        return (abi.value, format!("abi at {}", abi.place));
    }
    let modules = &project.hints.ext_modules;
    if !modules.is_empty() {
        return if modules.iter().all(|module| module.limited_api) {
            (Abi::Abi3, "every ext_module has limited_api".to_owned())
        } else {
            (
                Abi::Full,
                "an ext_module has limited_api = false".to_owned(),
            )
        };
    }
    if !project.config.modules.is_empty() {
        return (Abi::Full, "modules are configured".to_owned());
    }
    if project.hints.mentions_init {
        (Abi::Full, "a source file mentions PyInit_".to_owned())
    } else {
        (Abi::None, "no source file mentions PyInit_".to_owned())
    }
}

fn job(
    request: &Request,
    project: &Project,
    target: ZigTarget,
    abi: AbiTag,
    python: Option<&Interpreter>,
) -> Job {
    let platform = target.platform();
    let python_tag = match (abi, python) {
        (AbiTag::None, _) | (_, None) => PythonTag::Py3,
        (_, Some(python)) => PythonTag::CPython(python.version),
    };
    let hints = project.hints.ext_modules.iter().map(|module| &module.name);
    let configured = project.config.modules.iter().map(|module| &module.value);
    let modules: BTreeSet<_> = match abi {
        AbiTag::None => BTreeSet::new(),
        _ => hints.chain(configured).cloned().collect(),
    };
    Job {
        id: match abi {
            AbiTag::None => platform.to_string(),
            abi => format!("{platform}-{abi}"),
        },
        platform,
        zig_target: target,
        abi,
        python: python.cloned(),
        optimize: request.optimize,
        limited_api: python
            .filter(|_| abi == AbiTag::Abi3)
            .map(|python| python.version.limited_api()),
        extension_suffix: ExtensionAbi::of(abi).map(|abi| platform.extension_suffix(abi)),
        modules: modules.into_iter().collect(),
        wheel: WheelFilename {
            name: project.metadata.distribution().clone(),
            version: project.metadata.version().clone(),
            python: python_tag,
            abi,
            platforms: target.platform_tags(),
        },
    }
}

/// The Pythons of a full API project: one wheel each.
fn select_pythons(
    request: &Request,
    project: &Project,
    machine: &Machine,
    problems: &mut Vec<Problem>,
) -> Vec<Interpreter> {
    let admitted = |python: &Interpreter| {
        TESTED_PYTHONS.contains(&python.version) && project.metadata.admits(python.version)
    };
    let mut chosen: Vec<Interpreter> = Vec::new();
    match &request.pythons {
        PythonSelection::All => {
            chosen.extend(
                machine
                    .interpreters
                    .iter()
                    .filter(|python| admitted(python) && !python.free_threaded)
                    .cloned(),
            );
            if chosen.is_empty() {
                problems.push(missing(
                    "a supported Python that requires-python admits",
                    "3.12",
                    machine,
                ));
            }
        }
        PythonSelection::Default => match &machine.default {
            Some(python) => chosen.push(python.clone()),
            None => problems.push(missing(
                "an active virtual environment, and python3",
                "3.12",
                machine,
            )),
        },
        PythonSelection::These(requests) => {
            for wanted in requests {
                let refused = match wanted {
                    PythonRequest::Version(version, _) => refusal(*version, None, project),
                    PythonRequest::Path(_) => None,
                };
                match (find(wanted, machine), refused) {
                    (Some(python), _) => chosen.push(python.clone()),
                    // To install it would not help.
                    (None, Some(problem)) => problems.push(problem),
                    (None, None) => problems.push(missing(
                        &format!("Python {wanted}"),
                        &wanted.to_string(),
                        machine,
                    )),
                }
            }
        }
    }
    problems.extend(
        chosen
            .iter()
            .filter_map(|python| refusal(python.version, Some(python), project)),
    );
    let mut seen = BTreeSet::new();
    chosen.retain(|python| seen.insert((python.version, python.free_threaded)));
    chosen
}

/// Why no wheel can be built for a Python, whether the machine has it or not.
fn refusal(
    version: PythonVersion,
    python: Option<&Interpreter>,
    project: &Project,
) -> Option<Problem> {
    if !SUPPORTED_PYTHONS.contains(&version) {
        let exe = python.map_or(String::new(), |python| {
            format!(" ({})", python.exe.display())
        });
        return Some(
            Problem::new(format!("Python {version}{exe} is not supported")).hint(format!(
                "wheels can be built for CPython {} to {}",
                SUPPORTED_PYTHONS.start(),
                SUPPORTED_PYTHONS.end()
            )),
        );
    }
    if project.metadata.admits(version) {
        return None;
    }
    let specifiers = project
        .metadata
        .requires_python()
        .map(ToString::to_string)
        .unwrap_or_default();
    Some(
        Problem::new(format!(
            "Python {version} is excluded by requires-python `{specifiers}`"
        ))
        .at("pyproject.toml")
        .hint("ask for another Python with --python, or widen project.requires-python"),
    )
}

/// The lowest Python that an abi3 project runs on: as configured, else by requires-python.
fn abi3_floor(project: &Project) -> PythonVersion {
    match &project.config.abi3_floor {
        Some(floor) => floor.value,
        None => TESTED_PYTHONS
            .into_iter()
            .find(|version| project.metadata.admits(*version))
            .unwrap_or(TESTED_PYTHONS[0]),
    }
}

/// The one Python of an abi3 project: its floor.
///
/// Some build scripts take the floor from the running interpreter, so only the floor itself will do.
fn abi3_python(
    project: &Project,
    machine: &Machine,
    problems: &mut Vec<Problem>,
) -> Option<Interpreter> {
    let floor = abi3_floor(project);
    if !SUPPORTED_PYTHONS.contains(&floor) {
        problems.push(
            Problem::new(format!("the abi3 floor {floor} is not supported"))
                .at("tool.pyz3-wheel.abi3-floor")
                .hint(format!(
                    "use {} to {}",
                    SUPPORTED_PYTHONS.start(),
                    SUPPORTED_PYTHONS.end()
                )),
        );
        return None;
    }
    let found = find(&PythonRequest::Version(floor, false), machine).cloned();
    if found.is_none() {
        let mut problem = missing(
            &format!("Python {floor}, the floor of this abi3 project"),
            &floor.to_string(),
            machine,
        );
        let hint = problem.hint.unwrap_or_default();
        problem.hint = Some(format!(
            "{hint}\nor raise the floor: abi3-floor in [tool.pyz3-wheel], or project.requires-python"
        ));
        problems.push(problem);
    }
    found
}

fn find<'a>(wanted: &PythonRequest, machine: &'a Machine) -> Option<&'a Interpreter> {
    match wanted {
        PythonRequest::Path(path) => machine.by_path.get(path),
        PythonRequest::Version(version, free_threaded) => machine
            .default
            .iter()
            .chain(&machine.interpreters)
            .find(|python| python.version == *version && python.free_threaded == *free_threaded),
    }
}

fn missing(what: &str, example: &str, machine: &Machine) -> Problem {
    let mut found: Vec<_> = machine
        .interpreters
        .iter()
        .map(|python| {
            format!(
                "{}{}",
                python.version,
                if python.free_threaded { "t" } else { "" }
            )
        })
        .collect();
    found.dedup();
    let found = if found.is_empty() {
        "no CPython with headers was found on this machine".to_owned()
    } else {
        format!("found: {}", found.join(", "))
    };
    Problem::new(format!("{what}: not on this machine")).hint(format!(
        "{found} (`pyz3-wheel pythons` lists them)\nlet it be installed with --provision, or install it: uv python install {example}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(requires_python: &str, config: &str) -> (tempfile::TempDir, Project) {
        let folder = tempfile::tempdir().unwrap();
        let text = format!(
            "[project]\nname = \"hello\"\nversion = \"1.0\"\nrequires-python = \"{requires_python}\"\n[tool.pyz3-wheel]\n{config}\n"
        );
        fs_err::write(folder.path().join("pyproject.toml"), text).unwrap();
        let project = Project::load(folder.path()).unwrap();
        (folder, project)
    }

    fn interpreter(version: PythonVersion, free_threaded: bool) -> Interpreter {
        let prefix = PathBuf::from(format!("/pythons/{version}"));
        Interpreter {
            exe: prefix.join("bin/python3"),
            version,
            patch: format!("{version}.1"),
            free_threaded,
            debug: false,
            implementation: "cpython".to_owned(),
            include: prefix.join("include"),
            origin: "PATH".to_owned(),
            base_exe: prefix.join("bin/python3"),
            base_prefix: prefix,
        }
    }

    fn machine(versions: &[&str]) -> Machine {
        let interpreters = versions.iter().map(|text| {
            let (digits, free_threaded) = text
                .strip_suffix('t')
                .map_or((*text, false), |digits| (digits, true));
            let version: PythonVersion = digits.parse().unwrap();
            interpreter(version, free_threaded)
        });
        Machine {
            interpreters: interpreters.collect(),
            ..Machine::default()
        }
    }

    fn request(platforms: &[Platform], pythons: PythonSelection) -> Request {
        Request {
            targets: platforms
                .iter()
                .copied()
                .map(ZigTarget::with_default_floor)
                .collect(),
            pythons,
            optimize: Optimize::default(),
            output_dir: PathBuf::from("dist"),
            zig: ZigRequest::default(),
            origins: Vec::new(),
        }
    }

    fn these(pythons: &[&str]) -> PythonSelection {
        PythonSelection::These(pythons.iter().map(|text| text.parse().unwrap()).collect())
    }

    fn wheels(plan: &Plan) -> Vec<String> {
        plan.jobs.iter().map(|job| job.wheel.to_string()).collect()
    }

    #[test]
    fn a_full_api_project_gets_a_wheel_per_platform_and_python() {
        let (_folder, project) = project(">=3.10", "abi = \"full\"");
        let machine = machine(&["3.9", "3.10", "3.13", "3.13t", "3.14"]);
        let request = request(
            &[Platform::MacosArm64, Platform::WindowsX64],
            PythonSelection::All,
        );
        let plan = Plan::new(&request, &project, &machine).unwrap();
        assert_eq!(
            wheels(&plan),
            [
                "hello-1.0-cp310-cp310-macosx_11_0_arm64.whl",
                "hello-1.0-cp313-cp313-macosx_11_0_arm64.whl",
                "hello-1.0-cp310-cp310-win_amd64.whl",
                "hello-1.0-cp313-cp313-win_amd64.whl",
            ]
        );
    }

    #[test]
    fn what_all_leaves_out_can_be_asked_for() {
        let (_folder, project) = project(">=3.9", "abi = \"full\"");
        let machine = machine(&["3.13", "3.13t", "3.14"]);
        let request = request(&[Platform::WindowsX64], these(&["cp314", "3.13t"]));
        let plan = Plan::new(&request, &project, &machine).unwrap();
        assert_eq!(
            wheels(&plan),
            [
                "hello-1.0-cp314-cp314-win_amd64.whl",
                "hello-1.0-cp313-cp313t-win_amd64.whl"
            ]
        );
    }

    #[test]
    fn an_abi3_project_gets_one_wheel_per_platform_at_its_floor() {
        let (_folder, project) = project(">=3.9", "abi = \"abi3\"\nabi3-floor = \"3.10\"");
        let machine = machine(&["3.9", "3.10", "3.11"]);
        let request = request(&[Platform::LinuxAarch64], PythonSelection::All);
        let plan = Plan::new(&request, &project, &machine).unwrap();
        assert_eq!(
            wheels(&plan),
            ["hello-1.0-cp310-abi3-manylinux2014_aarch64.manylinux_2_17_aarch64.whl"]
        );
        assert_eq!(plan.jobs[0].limited_api.as_deref(), Some("0x030A0000"));
        assert_eq!(plan.jobs[0].extension_suffix.as_deref(), Some(".abi3.so"));
    }

    #[test]
    fn a_project_without_modules_needs_no_python() {
        let (_folder, project) = project(">=3.9", "");
        let request = request(&[Platform::WindowsX64], these(&["3.12"]));
        let plan = Plan::new(&request, &project, &Machine::default()).unwrap();
        assert_eq!(wheels(&plan), ["hello-1.0-py3-none-win_amd64.whl"]);
        assert!(plan.jobs[0].python.is_none());
    }

    #[test]
    fn every_python_that_is_missing_or_excluded_is_named() {
        let (_folder, project) = project(">=3.10", "abi = \"full\"");
        let request = request(
            &[Platform::WindowsX64],
            these(&["3.9", "3.11", "3.12", "3.8"]),
        );
        let machine = machine(&["3.9", "3.11"]);
        let error = Plan::new(&request, &project, &machine).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        let text = error.to_string();
        for part in [
            "Python 3.12",
            "Python 3.8",
            "3.9 is excluded by requires-python",
            "found: 3.9, 3.11",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        // No wheel can be built for 3.8, so it is not to be installed either.
        assert_eq!(
            missing_versions(&request, &project, &machine),
            [(PythonVersion::new(3, 12), false)]
        );
    }

    #[test]
    fn a_python_is_asked_for_by_version_tag_or_path() {
        let version = |minor, free_threaded| {
            Ok(PythonRequest::Version(
                PythonVersion::new(3, minor),
                free_threaded,
            ))
        };
        assert_eq!("3.12".parse(), version(12, false));
        assert_eq!("cp39".parse(), version(9, false));
        assert_eq!("cp313t".parse(), version(13, true));
        assert_eq!(
            "/usr/bin/python3".parse(),
            Ok(PythonRequest::Path("/usr/bin/python3".into()))
        );
        assert_eq!(
            "python3.12".parse(),
            Ok(PythonRequest::Path("python3.12".into()))
        );
        assert!("3".parse::<PythonRequest>().is_err());
        assert!("latest".parse::<PythonRequest>().is_err());
    }
}
