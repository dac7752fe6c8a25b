//! Which Pythons the jobs are for: the requested ones, or the floor of an abi3 project.
//!
//! Takes the request, the project and the machine's Pythons; gives interpreters, or every
//! reason why they cannot be used.

use std::collections::{BTreeMap, BTreeSet};

use super::abi::decide_abi;
use super::choice::{Choice, StableAbi, abi3_floor};
use super::pairing::is_any_built;
use super::refusals::{
    example, missing, no_python_at_all, none_of_all, refusal, refusal_of, requires_python,
};
use super::request::{Machine, PythonRequest, PythonSelection, Request};
use crate::error::Problem;
use crate::project::{Abi, Project};
use crate::tags::{
    CPython, PythonVersion, Support, known_pythons, supported_pythons, supported_range,
    supported_versions,
};
use crate::toolchain::Interpreter;

/// The Pythons that the request needs by version and the machine lacks.
pub fn missing_versions(request: &Request, project: &Project, machine: &Machine) -> Vec<CPython> {
    let abi = decide_abi(project).0;
    let wanted: Vec<_> = match abi {
        Abi::None => Vec::new(),
        Abi::Abi3 | Abi::Abi3AndAbi3t => {
            let Ok(floor) = supported_floor(project) else {
                return Vec::new();
            };
            let builds = stable_builds(request, project, abi, floor, machine, &mut Vec::new());
            let missing = builds.into_iter().filter_map(|build| build.python.err());
            missing.collect()
        }
        Abi::Full => match &request.pythons {
            PythonSelection::Default => Vec::new(),
            PythonSelection::These(requests) => {
                let versions = requests.iter().filter_map(|request| match request {
                    PythonRequest::Version(python) => Some(*python),
                    PythonRequest::Path(_) => None,
                });
                versions.collect()
            }
            PythonSelection::All => {
                let selectors = project.config.selectors.as_ref();
                let all = all_pythons(request, project).into_iter();
                all.filter(|python| is_any_built(*python, &request.targets, selectors))
                    .collect()
            }
        },
    };
    wanted
        .into_iter()
        .filter(|python| find(&PythonRequest::Version(*python), machine).is_none())
        // A Python that would be refused anyway is not worth a download.
        .filter(|python| refusal(*python, None, project).is_none())
        .collect()
}

/// The Pythons that `--all-pythons` includes for this project, wherever they are: those that are
/// supported by default, and those that the selectors of another tool enable, as far as requires-python
/// admits them.
fn all_pythons(request: &Request, project: &Project) -> Vec<CPython> {
    let selectors = project.config.selectors.as_ref();
    let includes = |python: &CPython| match python.support() {
        Some(Support::Default) => true,
        Some(Support::ByName) => selectors.is_some_and(|selectors| selectors.enables(*python)),
        Some(Support::Preview) | None => false,
    };
    known_pythons()
        .filter(includes)
        .filter(|python| request.free_threaded || !python.free_threaded)
        .filter(|python| project.metadata.admits(python.version))
        .collect()
}

/// The Pythons that `--all-pythons` includes for this project, or that its default wheels need, and that
/// the machine lacks.
pub(super) fn left_out(request: &Request, project: &Project, machine: &Machine) -> Vec<CPython> {
    match (&request.pythons, decide_abi(project).0) {
        (PythonSelection::All, Abi::Full)
        | (PythonSelection::All | PythonSelection::Default, Abi::Abi3AndAbi3t) => {
            missing_versions(request, project, machine)
        }
        (PythonSelection::All, Abi::Abi3 | Abi::None)
        | (PythonSelection::Default, Abi::Full | Abi::Abi3 | Abi::None)
        | (PythonSelection::These(_), _) => Vec::new(),
    }
}

/// A wheel of a project on the stable ABI, with the Python whose headers build it.
struct StableBuild<'a> {
    wheel: StableWheel,
    /// If the machine lacks that Python, the one to install.
    python: Result<&'a Interpreter, CPython>,
}

/// A wheel of a project on the stable ABI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum StableWheel {
    /// For all Pythons from the floor on that have this ABI.
    Stable(StableAbi),
    /// With the full API, for a Python that cannot load the others.
    Full(CPython),
}

impl StableWheel {
    /// The wheel that a project with this ABI and floor has for a Python.
    fn serving(python: CPython, project_abi: Abi, floor: PythonVersion) -> Self {
        let stable = StableAbi::serving(python, project_abi, floor);
        stable.map_or(Self::Full(python), Self::Stable)
    }

    /// The Python whose headers build it if none was named: its own, else the lowest later one, because all
    /// later headers have the API of the floor.
    fn headers(self, floor: PythonVersion, machine: &Machine) -> Option<&Interpreter> {
        let is_default = |python: &Interpreter| {
            let default = machine.default.as_ref();
            default.is_some_and(|default| default.base_prefix == python.base_prefix)
        };
        let has_api = |python: &Interpreter| match self {
            Self::Stable(abi) => abi.is_in_headers_of(python.cpython(), floor),
            Self::Full(own) => python.cpython() == own,
        };
        let usable = machine.interpreters.iter().filter(|python| {
            has_api(python) && supported_pythons().any(|known| known == python.cpython())
        });
        usable.min_by_key(|python| (python.cpython(), !is_default(python)))
    }

    /// The Python to install if no Python of this machine has the headers: one that needs this wheel.
    fn own_python(self, floor: PythonVersion) -> CPython {
        match self {
            Self::Stable(StableAbi::Abi3) => CPython::with_gil(floor),
            Self::Stable(StableAbi::Abi3t) => CPython::free_threaded(StableAbi::Abi3t.floor(floor)),
            Self::Full(python) => python,
        }
    }

    fn choice(self, python: Interpreter, floor: PythonVersion) -> Choice {
        match self {
            Self::Stable(abi) => Choice::stable(python, abi, floor),
            Self::Full(_) => Choice::full(python),
        }
    }
}

/// The wheels of a project on the stable ABI if no Python was named: the one for its floor, and those for
/// free-threaded Pythons if the project supports them on the stable ABI.
fn default_wheels(
    request: &Request,
    project: &Project,
    abi: Abi,
    floor: PythonVersion,
) -> Vec<StableWheel> {
    let mut pythons = vec![CPython::with_gil(floor)];
    if abi == Abi::Abi3AndAbi3t {
        let all = all_pythons(request, project).into_iter();
        pythons.extend(all.filter(|python| python.free_threaded && python.version >= floor));
    }
    let mut wheels = Vec::new();
    for python in pythons {
        let wheel = StableWheel::serving(python, abi, floor);
        if !wheels.contains(&wheel) {
            wheels.push(wheel);
        }
    }
    wheels
}

/// Whether `--all-pythons` builds a wheel of this project for each Python.
pub fn needs_every_python(project: &Project) -> bool {
    decide_abi(project).0 == Abi::Full
}

/// Whether any job of this project needs a Python.
pub fn needs_python(project: &Project) -> bool {
    decide_abi(project).0 != Abi::None
}

/// The Pythons of a full API project: one wheel each.
pub(super) fn select(
    request: &Request,
    project: &Project,
    machine: &Machine,
    problems: &mut Vec<Problem>,
) -> Vec<Choice> {
    let all = all_pythons(request, project);
    let mut chosen: Vec<Interpreter> = Vec::new();
    match &request.pythons {
        PythonSelection::All if all.is_empty() => {
            problems.push(none_of_all(project));
        }
        PythonSelection::All => {
            let here = machine.interpreters.iter();
            chosen.extend(
                here.filter(|python| all.contains(&python.cpython()))
                    .cloned(),
            );
            if chosen.is_empty() {
                problems.push(missing(
                    "a supported Python that requires-python admits",
                    example(project).as_deref(),
                    machine,
                ));
            }
        }
        PythonSelection::Default => match &machine.default {
            Some(python) => {
                problems.extend(refusal_of(python, project));
                chosen.push(python.clone());
            }
            None => problems.push(missing(
                "no virtual environment is active, and python3",
                example(project).as_deref(),
                machine,
            )),
        },
        PythonSelection::These(requests) => {
            let named = requests
                .iter()
                .filter_map(|wanted| Named::new(wanted, project, machine, problems))
                .collect::<Vec<_>>();
            for python in named {
                chosen.extend(python.required(machine, problems).cloned());
            }
        }
    }
    let mut seen = BTreeSet::new();
    chosen.retain(|python| seen.insert(python.cpython()));
    chosen.into_iter().map(Choice::full).collect()
}

/// A Python that was named and that wheels of this project may be built for.
struct Named<'a> {
    wanted: &'a PythonRequest,
    python: CPython,
    /// None where the machine lacks it.
    found: Option<&'a Interpreter>,
}

impl<'a> Named<'a> {
    fn new(
        wanted: &'a PythonRequest,
        project: &Project,
        machine: &'a Machine,
        problems: &mut Vec<Problem>,
    ) -> Option<Self> {
        let found = find(wanted, machine);
        let Some(python) = version_of(wanted, machine) else {
            problems.push(missing(&format!("Python {wanted}"), None, machine));
            return None;
        };
        // To install a Python that is refused would not help.
        if let Some(problem) = refusal(python, found, project) {
            problems.push(problem);
            return None;
        }
        Some(Self {
            wanted,
            python,
            found,
        })
    }

    /// The interpreter. If the machine lacks it, adds a problem and returns the Python to install.
    fn required(
        &self,
        machine: &Machine,
        problems: &mut Vec<Problem>,
    ) -> Result<&'a Interpreter, CPython> {
        if self.found.is_none() {
            let name = self.wanted.to_string();
            problems.push(missing(&format!("Python {name}"), Some(&name), machine));
        }
        self.found.ok_or(self.python)
    }
}

/// The floor of a project on the stable ABI, or why no wheel can be built for it.
fn supported_floor(project: &Project) -> Result<PythonVersion, Problem> {
    let Some(floor) = abi3_floor(project) else {
        let specifiers = requires_python(project);
        return Err(Problem::new(format!(
            "requires-python `{specifiers}` admits no Python that wheels can be built for"
        ))
        .at("pyproject.toml")
        .hint(no_python_at_all()));
    };
    if supported_versions().any(|version| version == floor) {
        return Ok(floor);
    }
    Err(
        Problem::new(format!("the abi3 floor {floor} is not supported"))
            .at("tool.pyz3-wheel.abi3-floor")
            .hint(format!("use {}", supported_range())),
    )
}

/// The wheels of a project on the stable ABI that have their headers on this machine.
pub(super) fn stable(
    request: &Request,
    project: &Project,
    abi: Abi,
    machine: &Machine,
    problems: &mut Vec<Problem>,
) -> Vec<Choice> {
    let floor = match supported_floor(project) {
        Ok(floor) => floor,
        Err(problem) => {
            problems.push(problem);
            return Vec::new();
        }
    };
    let builds = stable_builds(request, project, abi, floor, machine, problems).into_iter();
    let choices = builds.filter_map(|build| {
        let python = build.python.ok()?;
        Some(build.wheel.choice(python.clone(), floor))
    });
    let mut seen = BTreeSet::new();
    choices.filter(|choice| seen.insert(choice.abi)).collect()
}

/// The wheels of a project on the stable ABI. Of Pythons that were named, those that load the same wheel get
/// one for all; a free-threaded Python that cannot load any gets one of its own.
fn stable_builds<'a>(
    request: &'a Request,
    project: &Project,
    abi: Abi,
    floor: PythonVersion,
    machine: &'a Machine,
    problems: &mut Vec<Problem>,
) -> Vec<StableBuild<'a>> {
    let PythonSelection::These(requests) = &request.pythons else {
        let wheels = default_wheels(request, project, abi, floor).into_iter();
        let builds = wheels.map(|wheel| StableBuild {
            wheel,
            python: wheel.headers(floor, machine).ok_or(wheel.own_python(floor)),
        });
        let builds: Vec<_> = builds.collect();
        // The first wheel is for the Pythons with the GIL, so the project is not built without it.
        if builds.first().is_some_and(|build| build.python.is_err()) {
            problems.push(missing(
                &format!("Python {floor} or a later one, whose headers an abi3 project needs,"),
                Some(&floor.to_string()),
                machine,
            ));
        }
        return builds;
    };
    let mut builds = Vec::new();
    let mut stable: BTreeMap<_, Named<'_>> = BTreeMap::new();
    for wanted in requests {
        let Some(named) = Named::new(wanted, project, machine, problems) else {
            continue;
        };
        let wheel = StableWheel::serving(named.python, abi, floor);
        let StableWheel::Stable(abi) = wheel else {
            let python = named.required(machine, problems);
            builds.push(StableBuild { wheel, python });
            continue;
        };
        if named.python.version < floor {
            let version = named.python.version;
            problems.push(
                Problem::new(format!(
                    "Python {version} cannot load the abi3 wheel, whose floor is {floor}"
                ))
                .hint("name a later Python with --python, or lower the floor: abi3-floor in [tool.pyz3-wheel]"),
            );
            continue;
        }
        // One wheel is for all of them, with the headers of the lowest.
        match stable.get(&abi) {
            Some(lowest) if lowest.python <= named.python => {}
            _ => {
                stable.insert(abi, named);
            }
        }
    }
    builds.extend(stable.into_iter().map(|(abi, lowest)| StableBuild {
        wheel: StableWheel::Stable(abi),
        python: lowest.required(machine, problems),
    }));
    builds
}

/// The version of the Python that was requested; `None` for a path at which no Python was found.
fn version_of(wanted: &PythonRequest, machine: &Machine) -> Option<CPython> {
    match (find(wanted, machine), wanted) {
        (Some(found), _) => Some(found.cpython()),
        (None, PythonRequest::Version(python)) => Some(*python),
        (None, PythonRequest::Path(_)) => None,
    }
}

fn find<'a>(wanted: &PythonRequest, machine: &'a Machine) -> Option<&'a Interpreter> {
    match wanted {
        PythonRequest::Path(path) => machine.by_path.get(path),
        PythonRequest::Version(wanted) => machine
            .default
            .iter()
            .chain(&machine.interpreters)
            .find(|python| python.cpython() == *wanted),
    }
}
