//! Why a Python is not built for, and what to do about it.

use super::request::{Machine, PythonRequest, PythonSelection, Request};
use crate::error::Problem;
use crate::project::Project;
use crate::tags::{
    CPython, PythonVersion, Support, known_pythons, supported_range, supported_versions,
};
use crate::toolchain::Interpreter;

/// The Pythons that were named for a project without a Python ABI and whose users could not install
/// the wheel. No Python is needed to build it.
pub(super) fn excluded(request: &Request, project: &Project) -> Vec<Problem> {
    let PythonSelection::These(requests) = &request.pythons else {
        return Vec::new();
    };
    let versions = requests.iter().filter_map(|wanted| match wanted {
        PythonRequest::Version(python) => Some(python.version),
        PythonRequest::Path(_) => None,
    });
    versions
        .filter_map(|version| {
            if version.major == 3 {
                excluded_by_requires_python(version, project)
            } else {
                Some(
                    Problem::new(format!("Python {version} cannot install a py3 wheel"))
                        .hint("name a Python 3 with --python, or leave --python out"),
                )
            }
        })
        .collect()
}

pub(super) fn refusal_of(python: &Interpreter, project: &Project) -> Option<Problem> {
    refusal(python.cpython(), Some(python), project)
}

/// Ex) `wheels can be built for CPython 3.9 to 3.15, and for pre-releases of 3.16`
fn supported() -> String {
    let previews: Vec<_> = known_pythons()
        .filter(|python| python.support() == Some(Support::Preview) && !python.free_threaded)
        .map(|python| python.to_string())
        .collect();
    let previews = match previews.as_slice() {
        [] => String::new(),
        previews => format!(", and for pre-releases of {}", previews.join(" and ")),
    };
    let range = supported_range();
    format!("wheels can be built for CPython {range}{previews}")
}

/// Why no wheel can be built for a Python, whether the machine has it or not.
pub(super) fn refusal(
    python: CPython,
    found: Option<&Interpreter>,
    project: &Project,
) -> Option<Problem> {
    let CPython {
        version,
        free_threaded,
    } = python;
    let with_gil_is_supported = CPython::with_gil(version).support().is_some();
    let exe = found.map_or(String::new(), |found| format!(" ({})", found.exe.display()));
    let supported = supported();
    if let Some(found) = found.filter(|found| found.implementation != "cpython") {
        return Some(
            Problem::new(format!("{}{exe} is not supported", found.implementation)).hint(supported),
        );
    }
    if python.support().is_none() {
        let first = known_pythons().find(|python| python.free_threaded);
        return Some(match first {
            Some(first) if free_threaded && with_gil_is_supported && version < first.version => {
                Problem::new(format!("Python {version} has no free-threaded build"))
                    .hint(format!("leave out the `t`, or name {first} or a later one"))
            }
            _ => Problem::new(format!("Python {python}{exe} is not supported")).hint(supported),
        });
    }
    excluded_by_requires_python(version, project)
}

pub(super) fn excluded_by_requires_python(
    version: PythonVersion,
    project: &Project,
) -> Option<Problem> {
    if project.metadata.admits(version) {
        return None;
    }
    let specifiers = requires_python(project);
    Some(
        Problem::new(format!(
            "Python {version} is excluded by requires-python `{specifiers}`"
        ))
        .at("pyproject.toml")
        .hint("name another Python with --python, or widen project.requires-python"),
    )
}

pub(super) fn requires_python(project: &Project) -> String {
    let specifiers = project.metadata.requires_python();
    specifiers.map(ToString::to_string).unwrap_or_default()
}

/// The Pythons that wheels can be built for and that requires-python admits, lowest first.
pub(super) fn admitted(project: &Project) -> impl DoubleEndedIterator<Item = PythonVersion> {
    supported_versions().filter(|version| project.metadata.admits(*version))
}

/// A Python to suggest: the newest that requires-python admits.
pub(super) fn example(project: &Project) -> Option<String> {
    let newest = admitted(project).next_back();
    newest.map(|version| version.to_string())
}

/// Nothing that `--all-pythons` means is admitted by requires-python.
pub(super) fn none_of_all(project: &Project) -> Problem {
    let specifiers = requires_python(project);
    Problem::new(format!(
        "--all-pythons builds for CPython {}, but requires-python `{specifiers}` admits none of them",
        supported_range()
    ))
    .at("pyproject.toml")
    .hint(match example(project) {
        Some(version) => format!("name the Python: --python {version}"),
        None => no_python_at_all(),
    })
}

pub(super) fn no_python_at_all() -> String {
    format!("widen project.requires-python: {}", supported())
}

/// A Python that the machine lacks; `example` is one to install.
pub(super) fn missing(what: &str, example: Option<&str>, machine: &Machine) -> Problem {
    let mut found: Vec<_> = machine
        .interpreters
        .iter()
        .map(|python| python.cpython().to_string())
        .collect();
    found.dedup();
    let found = if found.is_empty() {
        "no CPython with headers was found on this machine".to_owned()
    } else {
        format!("found: {}", found.join(", "))
    };
    let install = example.map_or(String::new(), |example| {
        format!("\ninstall it with --provision, or with uv: uv python install {example}")
    });
    Problem::new(format!("{what} is not on this machine")).hint(format!(
        "{found} (`pyz3-wheel pythons` lists them){install}"
    ))
}
