//! Which platforms are built with which Pythons.
//!
//! Takes the targets of the request and the Pythons that were chosen; gives a pair for each wheel.
//! A platform may exist for some Pythons only, and its tags may differ between Pythons, as those of
//! WebAssembly do (PEP 783): so the platform tags of a wheel are known here and not before.

use std::collections::BTreeSet;

use super::choice::Choice;
use super::request::{PythonSelection, Request};
use crate::error::Problem;
use crate::platform::ZigTarget;
use crate::project::Selectors;
use crate::tags::{CPython, PlatformTag};

/// The platform tags of a wheel for a target: see [`ZigTarget::tags`].
pub(super) type TagsOf = fn(ZigTarget, Option<CPython>) -> BTreeSet<PlatformTag>;

/// A wheel to build: its target and its Python.
#[derive(Debug)]
pub(super) struct Pair<'a> {
    pub(super) target: ZigTarget,
    /// `None` for a wheel without a Python ABI.
    pub(super) choice: Option<&'a Choice>,
    pub(super) platforms: BTreeSet<PlatformTag>,
}

/// Pairs each target with each Python that the selectors leave to the target.
///
/// `--all-pythons` means the Pythons that a platform exists for. A Python that was requested in any
/// other way and that a platform does not exist for is an error.
pub(super) fn pair<'a>(
    request: &Request,
    pythons: &[Option<&'a Choice>],
    selectors: Option<&Selectors>,
    tags_of: TagsOf,
    problems: &mut Vec<Problem>,
) -> Vec<Pair<'a>> {
    let mut pairs = Vec::new();
    for &target in &request.targets {
        let mut missing = Vec::new();
        let before = pairs.len();
        for &choice in pythons {
            let python = choice.map(|choice| choice.python.cpython());
            if !is_selected(python, target, selectors) {
                continue;
            }
            let platforms = tags_of(target, python);
            if platforms.is_empty() {
                missing.push(python);
            } else {
                pairs.push(Pair {
                    target,
                    choice,
                    platforms,
                });
            }
        }
        if request.pythons != PythonSelection::All || pairs.len() == before {
            let refused = missing.into_iter().map(|python| refusal(target, python));
            problems.extend(refused);
        }
    }
    pairs
}

/// Whether any of the targets is built with a Python that `--all-pythons` may mean.
pub(super) fn is_any_built(
    python: CPython,
    targets: &[ZigTarget],
    selectors: Option<&Selectors>,
) -> bool {
    targets.iter().any(|target| {
        is_selected(Some(python), *target, selectors) && !target.tags(Some(python)).is_empty()
    })
}

/// Whether the selectors leave the wheel of a Python to a target.
fn is_selected(python: Option<CPython>, target: ZigTarget, selectors: Option<&Selectors>) -> bool {
    let (Some(python), Some(selectors)) = (python, selectors) else {
        return true;
    };
    selectors.select(python, target.platform())
}

fn refusal(target: ZigTarget, python: Option<CPython>) -> Problem {
    let platform = target.platform();
    match python {
        Some(python) => Problem::new(format!("{platform} does not exist for Python {python}"))
            .hint(format!(
                "request another Python with --python, or leave out --platform {platform}"
            )),
        None => Problem::new(format!(
            "{platform} has no tag for a wheel that works with every Python"
        ))
        .hint(format!("leave out --platform {platform}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::tests::{interpreter, request, these};
    use crate::platform::Platform;
    use crate::tags::{Arch, Release};

    /// Two platforms whose tags are those of the Python, as far as there is one: windows-x64 stands for
    /// a system that is versioned with Python and begins with 3.13.
    fn versioned(target: ZigTarget, python: Option<CPython>) -> BTreeSet<PlatformTag> {
        if target.platform() != Platform::WindowsX64 {
            return target.tags(python);
        }
        let version = python.map(|python| python.version);
        let minor = version.filter(|version| version.minor >= 13);
        let tag = minor.map(|version| {
            PlatformTag::Manylinux(Release::new(2, version.minor.into()), Arch::X86_64)
        });
        tag.into_iter().collect()
    }

    /// The pairs of these Pythons with windows-x64 and macos-arm64, and the problems.
    fn paired(pythons: &[&str], selection: PythonSelection) -> (Vec<String>, Vec<String>) {
        let request = request(&[Platform::WindowsX64, Platform::MacosArm64], selection);
        let choices: Vec<_> = pythons
            .iter()
            .map(|python| Choice::full(interpreter(python.parse().unwrap())))
            .collect();
        let pythons: Vec<_> = match choices.as_slice() {
            [] => vec![None],
            choices => choices.iter().map(Some).collect(),
        };
        let mut problems = Vec::new();
        let pairs = pair(&request, &pythons, None, versioned, &mut problems);
        let pairs = pairs.iter().map(|pair| {
            let abi = pair.choice.map(|choice| choice.abi.to_string());
            let platforms = crate::tags::compressed(&pair.platforms);
            format!("{}-{platforms}", abi.unwrap_or_default())
        });
        let problems = problems.iter().map(|problem| problem.message.clone());
        (pairs.collect(), problems.collect())
    }

    #[test]
    fn the_platform_tags_of_a_wheel_may_depend_on_its_python() {
        let (pairs, problems) = paired(&["3.13", "3.14t"], these(&["3.13", "3.14t"]));
        assert_eq!(
            pairs,
            [
                "cp313-manylinux_2_13_x86_64",
                "cp314t-manylinux_2_14_x86_64",
                "cp313-macosx_11_0_arm64",
                "cp314t-macosx_11_0_arm64",
            ]
        );
        assert_eq!(problems, [""; 0]);
    }

    #[test]
    fn all_pythons_are_those_that_a_platform_exists_for() {
        let (pairs, problems) = paired(&["3.9", "3.13"], PythonSelection::All);
        assert_eq!(
            pairs,
            [
                "cp313-manylinux_2_13_x86_64",
                "cp39-macosx_11_0_arm64",
                "cp313-macosx_11_0_arm64",
            ]
        );
        assert_eq!(problems, [""; 0]);
        // A platform that would get no wheel at all is reported.
        let (_, problems) = paired(&["3.9"], PythonSelection::All);
        assert_eq!(problems, ["windows-x64 does not exist for Python 3.9"]);
    }

    #[test]
    fn a_python_that_was_requested_for_a_platform_without_it_is_an_error() {
        let (_, problems) = paired(&["3.9", "3.13"], these(&["3.9", "3.13"]));
        assert_eq!(problems, ["windows-x64 does not exist for Python 3.9"]);
        let (_, problems) = paired(&[], PythonSelection::Default);
        assert_eq!(
            problems,
            ["windows-x64 has no tag for a wheel that works with every Python"]
        );
    }
}
