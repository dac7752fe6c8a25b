//! Which Pythons the jobs are for: those that were asked for, or the floor of an abi3 project.
//!
//! Takes the request, the project and the machine's Pythons; gives interpreters, or everything
//! that stands against them.

use std::collections::BTreeSet;

use super::decide_abi;
use super::request::{Machine, PythonRequest, PythonSelection, Request};
use crate::error::Problem;
use crate::project::{Abi, Project};
use crate::tags::{AbiTag, PythonTag, PythonVersion};
use crate::toolchain::Interpreter;

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
                .filter(|version| is_selected(*version, request, project))
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

/// Whether the project's selectors leave a wheel of this Python to any platform.
fn is_selected(version: PythonVersion, request: &Request, project: &Project) -> bool {
    let tag = PythonTag::CPython(version).to_string();
    project.config.selectors.as_ref().is_none_or(|selectors| {
        let mut targets = request.targets.iter();
        targets.any(|target| selectors.select(&tag, target.platform()))
    })
}

/// Whether any job of this project needs a Python.
pub fn needs_python(project: &Project) -> bool {
    decide_abi(project).0 != Abi::None
}

/// The ABI that an extension on the full API of this Python has.
pub fn abi_tag(python: &Interpreter) -> AbiTag {
    AbiTag::CPython {
        version: python.version,
        free_threaded: python.free_threaded,
    }
}

/// The Pythons of a full API project: one wheel each.
pub(super) fn select(
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
pub(super) fn abi3_floor(project: &Project) -> PythonVersion {
    match &project.config.abi3_floor {
        Some(floor) => floor.value,
        None => TESTED_PYTHONS
            .into_iter()
            .find(|version| project.metadata.admits(*version))
            .unwrap_or(TESTED_PYTHONS[0]),
    }
}

/// The one Python of an abi3 project: its floor; where the machine lacks that, the lowest later one
/// that was asked for by name, which then is the floor of the wheel.
///
/// Some build scripts take the floor from the running interpreter, so no other one will do for it.
pub(super) fn abi3(
    request: &Request,
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
    let found = find(&PythonRequest::Version(floor, false), machine)
        .or_else(|| later(floor, request, machine))
        .cloned();
    if found.is_none() {
        let mut problem = missing(
            &format!("Python {floor}, the floor of this abi3 project"),
            &floor.to_string(),
            machine,
        );
        let hint = problem.hint.unwrap_or_default();
        problem.hint = Some(format!(
            "{hint}\nor raise the floor: abi3-floor in [tool.pyz3-wheel], or project.requires-python\nor ask for a later one, for which and whose successors the wheel will be: --python PYTHON"
        ));
        problems.push(problem);
    }
    found
}

/// The lowest Python later than the floor that was asked for by name.
fn later<'a>(
    floor: PythonVersion,
    request: &Request,
    machine: &'a Machine,
) -> Option<&'a Interpreter> {
    let PythonSelection::These(requests) = &request.pythons else {
        return None;
    };
    let found = requests.iter().filter_map(|wanted| find(wanted, machine));
    found
        .filter(|python| {
            python.version > floor
                && !python.free_threaded
                && SUPPORTED_PYTHONS.contains(&python.version)
        })
        .min_by_key(|python| python.version)
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
