//! Every page of the documentation, followed word for word by a new user.
//!
//! [`support::pages`] says how blocks are written. A page that is not in the list below may have no blocks.

mod index;

use std::collections::BTreeSet;
use std::os::unix::fs::symlink;
use std::path::Path;

use tempfile::TempDir;

use support::need;
use support::pages::{Action, Reader, steps};

use crate::python::{NO_PACKAGE, wheelhouse};

/// A test for each page. The packages that the page installs from PyPI are installed before.
macro_rules! pages {
    ($($test:ident = $page:literal $packages:expr),* $(,)?) => {
        /// The pages that are followed.
        const FOLLOWED: &[&str] = &[$($page),*];
        $(
            #[test]
            fn $test() {
                follow($page, &$packages);
            }
        )*
    };
}

pages! {
    build_zig = "docs/build-zig.md" [],
    c_library = "docs/guides/c-library.md" [],
    command_line_tools = "docs/guides/command-line-tools.md" [],
    cpp = "docs/guides/cpp.md" [],
    data_files = "docs/guides/data-files.md" [],
    debugging = "docs/guides/debugging.md" [],
    editors = "docs/guides/editors.md" [],
    github = "docs/guides/github.md" [],
    gitlab = "docs/guides/gitlab.md" [],
    migrate = "docs/guides/migrate.md" [],
    numpy = "docs/guides/numpy.md" ["numpy"],
    offline = "docs/guides/offline.md" [],
    private_index = "docs/guides/private-index.md" ["twine"],
    readme = "README.md" [],
    test_other_architectures = "docs/guides/test-other-architectures.md" [],
    tutorial = "docs/tutorial.md" [],
    two_modules = "docs/guides/two-modules.md" [],
    type_stubs = "docs/guides/type-stubs.md" ["mypy"],
}

/// The tutorial again, on a machine with all supported Pythons.
#[test]
fn tutorial_with_many_pythons() {
    let (mut reader, environment) = need!(reader(&["twine"]), NO_PACKAGE);
    // With 3.15 there is a wheel more, for abi3t.
    for (version, python) in support::pythons() {
        if support::rigs::minor(version) < 14 {
            reader.more_programs(python.parent().unwrap());
        }
    }
    follow_as(&mut reader, "docs/tutorial.md");
    drop(environment);
}

/// Pages with blocks that another test runs.
const ELSEWHERE: &[(&str, &str)] = &[("docs/python-api.md", "tests/field/python/interface.rs")];

/// The root of a Linux system for arm64 that has a Python.
const AARCH64_ROOT: &str = "PYZ3_TEST_AARCH64_PYTHON_ROOT";

/// A reader with one Python in an active virtual environment that has the package; gives the environment too.
fn reader(packages: &[&str]) -> Option<(Reader, TempDir)> {
    let wheelhouse = wheelhouse()?;
    let tools = support::venv_tool(&["uv", "build"])?;
    let (environment, python) = support::fresh_venv_with(Path::new("python3"), packages)?;
    support::succeed(
        std::process::Command::new(&python)
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--no-index",
                "pyz3-wheel",
            ])
            .arg("--find-links")
            .arg(wheelhouse),
    );
    let bin = support::programs(environment.path());
    let mut reader = Reader::default();
    reader
        .program(&tools)
        .program(&bin)
        .variable("VIRTUAL_ENV", environment.path())
        .variable("ZIG", support::zig())
        .variable("PIP_FIND_LINKS", wheelhouse)
        .variable("UV_FIND_LINKS", wheelhouse)
        .variable("UV_CACHE_DIR", support::kept("uv-cache"));
    if let Some(root) = std::env::var_os(AARCH64_ROOT) {
        symlink(root, reader.home().join("arm64")).unwrap();
    }
    Some((reader, environment))
}

#[track_caller]
fn follow(page: &str, packages: &[&str]) {
    let (mut reader, _environment) = need!(reader(packages), NO_PACKAGE);
    follow_as(&mut reader, page);
}

#[track_caller]
fn follow_as(reader: &mut Reader, page: &str) {
    let text = std::fs::read_to_string(support::repo().join(page)).unwrap();
    let _index = if text.contains("TEST_INDEX") {
        let index = need!(index::Index::start(), "uploading: there is no test index");
        reader
            .variable("TEST_INDEX", &index.url)
            .variable("TWINE_USERNAME", "__token__")
            .variable("TWINE_PASSWORD", "pypi-test");
        Some(index)
    } else {
        None
    };
    reader.follow(page, &text);
}

/// The pages of which no block is run have no test of their own: this one prints why.
#[test]
fn every_page_with_blocks_is_followed() {
    let root = support::repo();
    let mut missing = BTreeSet::new();
    for path in support::pages::all() {
        let name = path.strip_prefix(&root).unwrap().to_str().unwrap();
        let others = ELSEWHERE.iter().map(|(page, _)| *page);
        if FOLLOWED
            .iter()
            .copied()
            .chain(others)
            .any(|page| page == name)
        {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let steps = steps(&text).unwrap_or_else(|problems| panic!("{name}: {problems:?}"));
        for step in steps {
            match step.action {
                Action::Skip(reason) => support::skip(&format!("{name}:{}: {reason}", step.line)),
                _ => _ = missing.insert(name.to_owned()),
            }
        }
    }
    assert_eq!(missing, BTreeSet::new(), "no test follows these pages");
}
