//! Every page of the documentation, followed word for word by a new user.
//!
//! [`support::pages`] says how blocks are written. A page that is not in the list below may have no blocks.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tempfile::TempDir;

use support::need;
use support::pages::{Reader, steps};

use crate::python::{NO_PACKAGE, environment, wheelhouse};

/// A test for each page.
macro_rules! pages {
    ($($test:ident = $page:literal),* $(,)?) => {
        /// The pages that are followed.
        const FOLLOWED: &[&str] = &[$($page),*];
        $(
            #[test]
            fn $test() {
                follow($page);
            }
        )*
    };
}

pages! {
    c_library = "docs/guides/c-library.md",
    command_line_tools = "docs/guides/command-line-tools.md",
    cpp = "docs/guides/cpp.md",
    data_files = "docs/guides/data-files.md",
    two_modules = "docs/guides/two-modules.md",
}

/// Pages that have blocks and another test.
const ELSEWHERE: &[(&str, &str)] = &[];

/// A reader with one Python in an active virtual environment that has the package; gives the environment too.
fn reader() -> Option<(Reader, TempDir)> {
    let wheelhouse = wheelhouse()?;
    let tools = support::venv_tool(&["uv", "build", "twine"])?;
    let (environment, bin) = environment(Path::new("python3"));
    // A copy of a virtual environment has the package pip without its program.
    let pip = bin.join("pip");
    support::write_file(
        &pip,
        "#!/bin/sh\nexec \"$(dirname \"$0\")/python\" -m pip \"$@\"\n",
    );
    std::fs::set_permissions(&pip, PermissionsExt::from_mode(0o755)).unwrap();
    let mut reader = Reader::default();
    reader
        .program(&tools)
        .program(&bin)
        .variable("VIRTUAL_ENV", environment.path())
        .variable("ZIG", support::zig())
        .variable("PIP_FIND_LINKS", wheelhouse)
        .variable("UV_FIND_LINKS", wheelhouse)
        .variable("UV_CACHE_DIR", support::kept("uv-cache"));
    Some((reader, environment))
}

#[track_caller]
fn follow(page: &str) {
    let (reader, _environment) = need!(reader(), NO_PACKAGE);
    let text = std::fs::read_to_string(support::repo().join(page)).unwrap();
    reader.follow(page, &text);
}

#[test]
#[ignore = "not all pages are written that way yet"]
fn every_page_with_blocks_is_followed() {
    let root = support::repo();
    let mut missing = BTreeSet::new();
    let mut found: Vec<_> = walkdir::WalkDir::new(root.join("docs"))
        .into_iter()
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.extension().is_some_and(|end| end == "md"))
        .collect();
    found.push(root.join("README.md"));
    for path in found {
        let name = path.strip_prefix(&root).unwrap().to_str().unwrap();
        let others = ELSEWHERE.iter().map(|(page, _)| *page);
        // The pages of the examples are those that `init` writes.
        let is_example = name.starts_with("docs/examples/");
        if is_example
            || FOLLOWED
                .iter()
                .copied()
                .chain(others)
                .any(|page| page == name)
        {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        if steps(&text).is_ok_and(|steps| steps.is_empty()) {
            continue;
        }
        missing.insert(name.to_owned());
    }
    assert_eq!(missing, BTreeSet::new(), "no test follows these pages");
}
