//! Files that repeat the tables of platforms and of Pythons say what the tables say.
//!
//! `PYZ3_UPDATE_DOCS=1` writes the lists from the tables.

use std::collections::BTreeSet;

use pyz3_wheel::Platform;
use pyz3_wheel::platform::{GROUPS, PlatformRequest};
use pyz3_wheel::tags::{CPython, Support, default_pythons, known_pythons, supported_versions};
use support::repo;

/// Lines of a file that repeat a table.
struct List {
    path: &'static str,
    /// The list is the first run of lines of its kind after the line that begins so.
    after: &'static str,
    /// Whether a line, without its indentation, belongs to the list.
    is_item: fn(&str) -> bool,
    lines: Vec<String>,
}

impl List {
    /// The file with the list as it should be.
    fn correct(&self, text: &str) -> String {
        let Self {
            path,
            after,
            is_item,
            ..
        } = self;
        let is_item = |line: &str| is_item(line.trim_start());
        let lines: Vec<_> = text.lines().collect();
        let heading = lines.iter().position(|line| line.starts_with(after));
        let heading = heading.unwrap_or_else(|| panic!("{path} has no line `{after}`"));
        let first = lines.iter().skip(heading).position(|line| is_item(line));
        let first = heading + first.unwrap_or_else(|| panic!("{path}: no list after `{after}`"));
        let items = lines[first..].iter().take_while(|line| is_item(line));
        let end = first + items.count();
        let indentation = lines[first].len() - lines[first].trim_start().len();
        let items = self
            .lines
            .iter()
            .map(|line| format!("{:indentation$}{line}", ""));
        let own = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect();
        let lines: [Vec<String>; 3] = [own(&lines[..first]), items.collect(), own(&lines[end..])];
        lines.concat().join("\n") + "\n"
    }
}

/// Compares the files with what they should be, or writes them.
#[track_caller]
fn hold(path: &str, correct: impl Fn(&str) -> String) {
    let file = repo().join(path);
    let text = std::fs::read_to_string(&file).unwrap();
    let text = text.replace("\r\n", "\n");
    let wanted = correct(&text);
    if std::env::var_os("PYZ3_UPDATE_DOCS").is_some() && text != wanted {
        std::fs::write(&file, wanted).unwrap();
        return;
    }
    let lines = text.lines().zip(wanted.lines());
    let differs = lines.enumerate().find(|(_, (is, wanted))| is != wanted);
    assert!(
        text == wanted,
        "{path} differs from the tables of platforms and Pythons at line {}; \
         PYZ3_UPDATE_DOCS=1 cargo test --test cli lists:: writes it",
        differs.map_or(0, |(index, _)| index + 1)
    );
}

fn row(platform: Platform) -> String {
    format!(
        "| `{platform}` | `{}` | `{}` |",
        platform.zig_target(),
        platform.wheel_platform()
    )
}

fn group(name: &str) -> String {
    let group: PlatformRequest = name.parse().unwrap();
    let names = group
        .platforms
        .iter()
        .map(|platform| format!("`{platform}`"));
    format!("| `{name}` | {} |", names.collect::<Vec<_>>().join(", "))
}

/// All in one test, since some files have several lists.
#[test]
fn files_that_repeat_the_tables_say_what_the_tables_say() {
    platforms();
    pythons();
    oldest_and_newest_python();
}

fn platforms() {
    let member = |platform: Platform| {
        let name = platform.name();
        format!("{} = \"{name}\"", name.to_uppercase().replace('-', "_"))
    };
    let lists = [
        List {
            path: "docs/reference/platforms.md",
            after: "| platform | Zig target",
            is_item: |line| line.starts_with("| `"),
            lines: Platform::ALL.map(row).into(),
        },
        List {
            path: "docs/reference/platforms.md",
            after: "| group | platforms",
            is_item: |line| line.starts_with("| `"),
            lines: GROUPS.map(|(name, _)| group(name)).into(),
        },
        List {
            path: "README.md",
            after: "| platform | Zig target",
            is_item: |line| line.starts_with("| `"),
            lines: Platform::MAIN.map(row).into(),
        },
        List {
            path: "src/python/pyz3_wheel/_api.py",
            after: "class Platform(enum.Enum):",
            is_item: |line| line.contains(" = \""),
            lines: Platform::ALL.map(member).into(),
        },
    ];
    for list in lists {
        hold(list.path, |text| list.correct(text));
    }
}

fn pythons() {
    let pythons: Vec<_> = default_pythons().map(|one| one.to_string()).collect();
    let versions: Vec<_> = supported_versions().map(|one| one.to_string()).collect();
    let quoted = |pythons: &[String]| {
        let quoted: Vec<_> = pythons.iter().map(|one| format!("\"{one}\"")).collect();
        quoted.join(", ")
    };
    let matrix = |after, pythons: &[String]| List {
        path: ".github/workflows/build-wheels.yml",
        after,
        is_item: |line| line.starts_with("python: ["),
        lines: vec![format!("python: [{}]", quoted(pythons))],
    };
    let classifiers = |path| List {
        path,
        after: "classifiers",
        is_item: |line| line.starts_with("\"Programming Language :: Python :: 3."),
        lines: versions
            .iter()
            .map(|one| format!("\"Programming Language :: Python :: {one}\","))
            .collect(),
    };
    // The last Python of the list is the one that becomes `python`.
    let default = "3.11";
    let others = pythons.iter().filter(|python| *python != default);
    let rows = known_pythons().filter(|python| !python.free_threaded);
    let rows = rows.map(|python| {
        let free_threaded = CPython::free_threaded(python.version);
        let (one, other) = (support_cell(python), support_cell(free_threaded));
        format!("| {python} | {one} | {other} |")
    });
    let lists = [
        List {
            path: "docs/reference/platforms.md",
            after: "| CPython | with the GIL | free-threaded |",
            is_item: |line| line.starts_with("| 3."),
            lines: rows.collect(),
        },
        matrix("  test:", &pythons),
        // The official images have no free-threaded Python.
        matrix("  test-linux-aarch64:", &versions),
        // The package is installed in every Python that it builds for.
        classifiers("pyproject.toml"),
        classifiers("docs/examples/hello/pyproject.toml"),
        classifiers("docs/examples/hello-abi3/pyproject.toml"),
        classifiers("docs/examples/hello-c/pyproject.toml"),
        classifiers("docs/examples/hello-cpp/pyproject.toml"),
        classifiers("docs/examples/hello-ctypes/pyproject.toml"),
        List {
            path: "tests/support/src/lib.rs",
            after: "pub const DEFAULT_PYTHONS",
            is_item: |line| !line.is_empty(),
            lines: vec![
                format!("pub const DEFAULT_PYTHONS: [&str; {}] = [", pythons.len()),
                format!("    {},", quoted(&pythons)),
                "];".to_owned(),
            ],
        },
        List {
            path: "tests/field/python/matrix.rs",
            after: "in_each_python! {",
            is_item: |line| line.starts_with("all_frontends_serve_all_examples_in_python_"),
            lines: versions
                .iter()
                .map(|one| {
                    let name = one.replace('.', "_");
                    format!("all_frontends_serve_all_examples_in_python_{name} \"{one}\"")
                })
                .collect(),
        },
        List {
            path: ".github/workflows/ci.yml",
            after: "          python-version: |",
            is_item: |line| line.starts_with("3."),
            lines: others.cloned().chain([default.to_owned()]).collect(),
        },
    ];
    for list in lists {
        hold(list.path, |text| list.correct(text));
    }
}

/// How wheels are built for a Python, in the table of the docs.
fn support_cell(python: CPython) -> &'static str {
    match python.support() {
        Some(Support::Default) => "`--all-pythons`",
        Some(Support::ByName) => "by name",
        Some(Support::Preview) => "pre-release, by name",
        None => "no",
    }
}

fn oldest_and_newest_python() {
    let oldest = supported_versions().next().unwrap();
    let newest = supported_versions().next_back().unwrap();
    for path in ["README.md", "docs/reference/testing.md"] {
        hold(path, |text| {
            let mut parts = text.split("CPython 3.9–");
            let before = parts.next().unwrap_or_default().to_owned();
            let corrected = parts.map(|part| {
                let rest = part
                    .trim_start_matches("3.")
                    .trim_start_matches(|c: char| c.is_ascii_digit());
                format!("CPython {oldest}–{newest}{rest}")
            });
            before + &corrected.collect::<String>()
        });
    }
}

/// CONTRIBUTING.md tells where to change what, so each path in it is one of the repository.
#[test]
fn the_paths_in_contributing_exist() {
    let text = std::fs::read_to_string(repo().join(".github/CONTRIBUTING.md")).unwrap();
    let words = text.split('`').skip(1).step_by(2);
    let folders = ["src/", "tests/", "docs/", "scripts/", ".github/", ".ci/"];
    let paths: BTreeSet<_> = words
        .flat_map(str::split_whitespace)
        .filter(|word| folders.iter().any(|folder| word.starts_with(folder)))
        .filter(|word| !word.contains(['*', '$']) && !word.contains("NAME"))
        .collect();
    assert!(paths.len() > 10, "{paths:?}");
    for path in paths {
        assert!(
            repo().join(path).exists(),
            "CONTRIBUTING.md names `{path}`, which does not exist"
        );
    }
}

/// The examples are built for all Pythons by all Zigs, so what the page shows compiles.
#[test]
fn the_page_about_free_threading_shows_the_code_of_the_examples() {
    let read = |path: &str| {
        let text = std::fs::read_to_string(repo().join(path)).unwrap();
        text.replace("\r\n", "\n")
    };
    let page = read("docs/free-threading.md");
    for (language, path) in [
        ("c", "docs/examples/hello-c/src/native.c"),
        ("zig", "docs/examples/hello/src/native.zig"),
    ] {
        let (_, rest) = page.split_once(&format!("```{language}\n")).unwrap();
        let (code, _) = rest.split_once("```").unwrap();
        assert!(read(path).contains(code), "{path} has other code:\n{code}");
    }
}
