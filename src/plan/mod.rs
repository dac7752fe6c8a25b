//! The plan: which jobs there are, for which wheels, decided once.
//!
//! Takes what was asked ([`Request`]), what the project says and which Pythons the machine has;
//! gives a [`Plan`]. Pure: nothing is read, run or written here, and no later stage decides again.

mod pythons;
mod request;

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;

use serde::Serialize;

pub use pythons::{SUPPORTED_PYTHONS, TESTED_PYTHONS, abi_tag, missing_versions, needs_python};
pub use request::{Machine, Optimize, PythonRequest, PythonSelection, Request, SettingOrigin};

use crate::error::{Error, ErrorKind, Result};
use crate::platform::{ExtensionAbi, Platform, ZigTarget};
use crate::project::{Abi, ModuleName, Project};
use crate::tags::{AbiTag, PythonTag, WheelFilename};
use crate::toolchain::Interpreter;

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
    /// What zig is run on.
    pub build_script: BuildScript,
    /// Where the wheels go.
    pub output_dir: PathBuf,
    /// Where the settings came from.
    pub settings: Vec<SettingOrigin>,
    /// The wheels, and what is compiled for each.
    pub jobs: Vec<Job>,
}

/// What zig is run on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum BuildScript {
    /// A script of the project's.
    Own {
        /// Where it is, relative to the project.
        path: PathBuf,
    },
    /// One that we make, of the modules that pyproject.toml declares.
    Made {
        /// What the modules are written with, and which versions of it will do.
        ///
        /// Ex) `pyz3 ==0.11.0`
        framework: Option<String>,
    },
}

impl fmt::Display for BuildScript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own { path } => write!(f, "{}", path.display()),
            Self::Made { framework: None } => {
                f.write_str("made by pyz3-wheel, of the modules in pyproject.toml")
            }
            Self::Made {
                framework: Some(name),
            } => write!(
                f,
                "made by pyz3-wheel, of the modules in pyproject.toml, with {name}"
            ),
        }
    }
}

/// One wheel, and the compile for it.
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
    /// Where zig can't compile for all of the platform at once: the compiles for each part, whose
    /// binaries are joined.
    #[serde(skip)]
    pub slices: Vec<Job>,
}

impl Job {
    /// The compiles: one of its own, or those of its slices.
    pub fn compiles(&self) -> &[Job] {
        match self.slices.as_slice() {
            [] => std::slice::from_ref(self),
            slices => slices,
        }
    }
}

impl Plan {
    /// Decides what is to be done, or says everything that stands against it.
    pub fn new(request: &Request, project: &Project, machine: &Machine) -> Result<Self> {
        let (abi, mut abi_reason) = decide_abi(project);
        let mut problems = Vec::new();
        let pythons = match abi {
            Abi::Full => pythons::select(request, project, machine, &mut problems),
            Abi::Abi3 => pythons::abi3(request, project, machine, &mut problems)
                .into_iter()
                .collect(),
            Abi::None => Vec::new(),
        };
        Error::check(ErrorKind::Config, problems)?;
        if let (Abi::Abi3, [python]) = (abi, pythons.as_slice())
            && let floor = pythons::abi3_floor(project)
            && python.version != floor
        {
            let version = python.version;
            abi_reason = format!(
                "{abi_reason}; for {version} and later only, since Python {floor} is not on this machine"
            );
        }
        // They choose among all that there could be, and do not gainsay what is asked for by name.
        let selectors = project.config.selectors.as_ref();
        let selectors =
            selectors.filter(|_| abi == Abi::Full && request.pythons == PythonSelection::All);
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
                    .filter(|python| {
                        let tag = PythonTag::CPython(python.version).to_string();
                        selectors.is_none_or(|all| all.select(&tag, target.platform()))
                    })
                    .map(|python| job(request, project, *target, abi_tag(python), Some(python)))
                    .collect(),
            })
            .collect();
        let mut settings = request.origins.clone();
        settings.extend(selectors.map(|all| SettingOrigin {
            name: "selectors",
            value: all.text.clone(),
            origin: format!("{} [tool.cibuildwheel]", all.place),
        }));
        Ok(Self {
            project: project.metadata.name().to_owned(),
            version: project.metadata.version().to_string(),
            abi,
            abi_reason,
            optimize: request.optimize,
            build_script: build_script(project),
            output_dir: request.output_dir.clone(),
            settings,
            jobs,
        })
    }
}

fn build_script(project: &Project) -> BuildScript {
    let Some(managed) = &project.managed else {
        return BuildScript::Own {
            path: project.build_file().to_owned(),
        };
    };
    BuildScript::Made {
        framework: managed.framework.map(|framework| {
            let versions = managed.requirement.as_ref().map(|found| &found.value);
            let versions = versions.map(ToString::to_string).unwrap_or_default();
            format!("{framework} {versions}").trim_end().to_owned()
        }),
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
    if project.modules().next().is_some() {
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
    let modules: BTreeSet<_> = match abi {
        AbiTag::None => BTreeSet::new(),
        _ => project.modules().cloned().collect(),
    };
    let whole = Job {
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
        slices: Vec::new(),
    };
    let slices = target.slices().into_iter();
    let slices = slices.map(|slice| Job {
        id: format!("{}-{}", whole.id, slice.platform().arch().macos()),
        platform: slice.platform(),
        zig_target: slice,
        ..whole.clone()
    });
    Job {
        slices: slices.collect(),
        ..whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tags::{PythonVersion, Release};
    use crate::toolchain::ZigRequest;

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
    fn a_wheel_for_both_macs_has_a_compile_for_each() {
        let (_folder, project) = project(">=3.9", "abi = \"abi3\"");
        let mut request = request(&[Platform::MacosUniversal2], PythonSelection::Default);
        for (floor, tag, targets) in [
            (
                (10, 13),
                "macosx_10_13",
                ["x86_64-macos.10.13", "aarch64-macos.11.0"],
            ),
            (
                (12, 0),
                "macosx_12_0",
                ["x86_64-macos.12.0", "aarch64-macos.12.0"],
            ),
        ] {
            let floor = Release::new(floor.0, floor.1);
            request.targets =
                vec![ZigTarget::with_floor(Platform::MacosUniversal2, floor).unwrap()];
            let plan = Plan::new(&request, &project, &machine(&["3.9"])).unwrap();
            let [job] = plan.jobs.as_slice() else {
                panic!("{plan:?}")
            };
            assert_eq!(
                wheels(&plan),
                [format!("hello-1.0-cp39-abi3-{tag}_universal2.whl")]
            );
            let compiles = job.compiles().iter();
            let compiles: Vec<_> = compiles
                .map(|one| (&*one.id, one.zig_target.to_string()))
                .collect();
            let [intel, arm] = targets.map(str::to_owned);
            assert_eq!(
                compiles,
                [
                    ("macos-universal2-abi3-x86_64", intel),
                    ("macos-universal2-abi3-arm64", arm)
                ]
            );
        }
    }

    #[test]
    fn cibuildwheels_selectors_choose_what_all_means() {
        let config =
            "abi = \"full\"\n[tool.cibuildwheel]\nbuild = \"cp31*\"\nskip = \"cp310-win*\"";
        let (_folder, project) = project(">=3.9", config);
        let machine = machine(&["3.9", "3.10", "3.11"]);
        let platforms = [Platform::WindowsX64, Platform::MacosArm64];
        let all = Plan::new(
            &request(&platforms, PythonSelection::All),
            &project,
            &machine,
        );
        let all = all.unwrap();
        let ids: Vec<_> = all.jobs.iter().map(|job| &*job.id).collect();
        assert_eq!(
            ids,
            [
                "windows-x64-cp311",
                "macos-arm64-cp310",
                "macos-arm64-cp311"
            ]
        );
        assert_eq!(all.settings[0].value, "build cp31*, skip cp310-win*");
        let named = Plan::new(&request(&platforms, these(&["3.9"])), &project, &machine).unwrap();
        assert_eq!(named.jobs.len(), 2);
        // What they leave out is not installed either: 3.10 has no wheel for Windows, 3.9 none at all.
        let missing = |platforms: &[Platform]| {
            let bare = Machine::default();
            let found =
                missing_versions(&request(platforms, PythonSelection::All), &project, &bare);
            let minors = found.into_iter().map(|(version, _)| version.minor);
            minors.collect::<Vec<_>>()
        };
        assert_eq!(missing(&platforms), [10, 11, 12, 13]);
        assert_eq!(missing(&platforms[..1]), [11, 12, 13]);
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
    fn without_its_floor_an_abi3_project_is_for_the_lowest_later_python_that_was_named() {
        let (_folder, project) = project(">=3.9", "abi = \"abi3\"");
        let machine = machine(&["3.10", "3.12", "3.13", "3.13t"]);
        let platforms = [Platform::WindowsX64];
        let named = request(&platforms, these(&["3.13t", "3.13", "3.12"]));
        let plan = Plan::new(&named, &project, &machine).unwrap();
        assert_eq!(wheels(&plan), ["hello-1.0-cp312-abi3-win_amd64.whl"]);
        assert_eq!(plan.jobs[0].limited_api.as_deref(), Some("0x030C0000"));
        assert!(
            plan.abi_reason
                .ends_with("for 3.12 and later only, since Python 3.9 is not on this machine"),
            "{}",
            plan.abi_reason
        );
        // Nobody has named one: the wheel would be for fewer Pythons than the project says.
        let unnamed = request(&platforms, PythonSelection::All);
        let error = Plan::new(&unnamed, &project, &machine).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("Python 3.9, the floor of this abi3 project"),
            "{error}"
        );
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
