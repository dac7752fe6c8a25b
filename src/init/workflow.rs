//! The GitHub workflow of a new project: our own workflow, which the tests run, adapted to another project.

use std::fmt::Display;

use super::Template;
use crate::tags::{CPython, default_pythons, supported_versions};

/// The path of the workflow.
pub(super) const PATH: &str = ".github/workflows/wheels.yml";

const OURS: &str = include_str!("../../.github/workflows/build-wheels.yml");

/// The texts of our workflow that are replaced, and their replacements.
const CHANGES: [(&str, &str); 7] = [
    (
        "# To use it in your project: copy this file and scripts/build-wheels.sh, then change the lines under\n# `env` below. A push",
        "# Written by `pyz3-wheel init --ci`; yours to change. A push",
    ),
    (
        "  # The folder of your pyproject.toml and build.zig: `.` in most projects.\n  PROJECT: docs/examples/hello\n",
        "  # The folder of pyproject.toml.\n  PROJECT: .\n",
    ),
    (
        "  # What pip is to install for pyz3-wheel: `.` in its own repository, `pyz3-wheel==VERSION` in yours.\n  INSTALL: .\n",
        concat!(
            "  # What pip is to install for pyz3-wheel.\n  INSTALL: pyz3-wheel==",
            env!("CARGO_PKG_VERSION"),
            "\n"
        ),
    ),
    (
        "scripts/build-wheels.sh --project",
        "\"$PYZ3_WHEEL\" --project",
    ),
    (
        "--require-hashes -r .github/requirements/check.txt",
        "\"auditwheel>=6.4,<7\" \"twine>=6.2,<8\"",
    ),
    (
        "--require-hashes -r .github/requirements/delocate.txt",
        "\"delocate>=0.13,<0.14\"",
    ),
    (
        "      # A project with the stable ABI (abi3) or a shared library for ctypes has one wheel a platform:\n      # leave only its lowest Python in this list and in that of the next job.\n",
        "",
    ),
];

/// The list of a matrix with these Pythons.
fn list(pythons: impl Iterator<Item = impl Display>) -> String {
    let pythons: Vec<_> = pythons.map(|python| format!("\"{python}\"")).collect();
    format!("python: [{}]", pythons.join(", "))
}

/// The workflow of a project of this kind.
pub(super) fn text(template: Template) -> String {
    let mut text = OURS.replace("\r\n", "\n");
    for (ours, theirs) in CHANGES {
        text = text.replace(ours, theirs);
    }
    if !template.is_per_python() {
        // One wheel a platform, tested with the lowest Python, and one for each free-threaded Python.
        let lowest = || supported_versions().take(1);
        let free_threaded = default_pythons()
            .filter(|python| python.free_threaded && template.is_for_free_threaded());
        let each = lowest().map(CPython::with_gil).chain(free_threaded);
        text = text.replace(&list(default_pythons()), &list(each));
        text = text.replace(&list(supported_versions()), &list(lowest()));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_our_own_project_is_left_in_it() {
        for template in Template::ALL {
            let text = text(template);
            for ours in [
                "docs/examples",
                "INSTALL: .",
                "scripts/",
                "in yours",
                "copy this",
                "requirements/",
            ] {
                assert!(
                    !text.contains(ours),
                    "{ours} in the workflow of {template:?}"
                );
            }
            assert!(text.contains("\"$PYZ3_WHEEL\" --project \"$PROJECT\" --platform"));
            for all in [list(default_pythons()), list(supported_versions())] {
                assert_eq!(text.contains(&all), template.is_per_python(), "{all}");
            }
            assert!(text.contains("--all-pythons --provision"));
        }
    }
}
