//! `pyz3-wheel metadata`, held against pyproject-metadata over the [project] tables of real projects.

mod lines;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use toml::Table;

use self::lines::LINES;
use support::need;
use support::{command, repo, run};

/// Where the two may differ: the field, when (the table, our value, theirs), and why.
type Difference = (
    &'static str,
    fn(&Table, &Value, &Value) -> bool,
    &'static str,
);
const ALLOWED: [Difference; 5] = [
    (
        "License-File",
        |project, _, _| default_license_file(project),
        "a project that names no licence files gets those that PEP 639 suggests; \
         pyproject-metadata leaves them to the backend that uses it",
    ),
    (
        "Metadata-Version",
        |project, ours, _| default_license_file(project) && ours == "2.4",
        "the first version that has License-File",
    ),
    (
        "Author-email",
        |_, ours, theirs| without_unknown(theirs) == ours.as_str().unwrap(),
        "PEP 621 wants an address alone where there is no name, not one of `Unknown`",
    ),
    (
        "Maintainer-email",
        |_, ours, theirs| without_unknown(theirs) == ours.as_str().unwrap(),
        "as for authors",
    ),
    (
        "Classifier",
        |_, ours, theirs| {
            let (ours, theirs) = (ours.as_array().unwrap(), theirs.as_array().unwrap());
            let more = ours
                .iter()
                .filter(|classifier| !theirs.contains(classifier));
            let license = |text: &Value| text.as_str().unwrap().starts_with("License ::");
            more.clone().all(license) && ours.len() == theirs.len() + more.count()
        },
        "those that it refuses are kept from it to compare the rest",
    ),
];

/// The projects that leave fields to a program of their own, which only their backend runs. All
/// others must pass.
const WITHOUT_SOURCE: [(&str, &[&str]); 8] = [
    ("griffe", &["dependencies", "optional-dependencies"]),
    ("installer", &["description"]),
    ("ipython", &["authors"]),
    (
        "mkdocs_material",
        &[
            "dependencies",
            "license",
            "description",
            "authors",
            "keywords",
        ],
    ),
    ("more_itertools", &["description"]),
    ("poetry_core", &["classifiers"]),
    ("pyparsing", &["description"]),
    ("pyproject_hooks", &["description"]),
];

/// The projects that pyproject-metadata refuses for licence classifiers beside an SPDX expression.
/// PEP 639 lets tools do so; PyPI has taken all of these.
const TAKEN_ALL_THE_SAME: [&str; 4] = ["httpcore", "httpx", "parsel", "structlog"];

/// The project that neither takes: its table has keys that no standard knows.
const REFUSED_BY_BOTH: [&str; 1] = ["isort"];

/// Whether there is a licence file that `license-files` does not name.
fn default_license_file(project: &Table) -> bool {
    let license = project.get("license");
    !project.contains_key("license-files") && license.is_some_and(|l| l.get("file").is_some())
}

/// Addresses without the name that pyproject-metadata gives to those that have none.
fn without_unknown(people: &Value) -> String {
    let people = people.as_str().unwrap().split(", ");
    let bare = people.map(|person| {
        let address = person.strip_prefix("Unknown <");
        address.map_or(person, |address| address.trim_end_matches('>'))
    });
    bare.collect::<Vec<_>>().join(", ")
}

/// The real tables: name and text.
fn tables() -> BTreeMap<String, String> {
    let folder = repo().join("tests/fixtures/metadata");
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read_to_string(path).unwrap())
        })
        .collect()
}

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// Lays out a project around a table: every file that it refers to, and a source for a dynamic
/// version and a dynamic readme.
fn lay_out(root: &Path, text: &str) {
    let mut pyproject = text.to_owned();
    let parsed: Table = text.parse().unwrap();
    let table = parsed.get("project").and_then(|table| table.as_table());
    let get = |key: &str| table.and_then(|table| table.get(key));
    let strings = |key: &str| {
        let items = get(key).and_then(|value| value.as_array());
        let items = items.into_iter().flatten().filter_map(|item| item.as_str());
        items.map(str::to_owned).collect::<Vec<_>>()
    };
    for key in ["readme", "license"] {
        let value = get(key);
        let file = value.and_then(|value| value.get("file").unwrap_or(value).as_str());
        let is_file = key == "readme" || value.is_some_and(toml::Value::is_table);
        if let Some(file) = file.filter(|file| is_file && file.contains(|c| c != '.')) {
            write(root, file, "Title\n=====\n\nWörds of it.\n");
        }
    }
    for pattern in strings("license-files") {
        let path = pattern.replace("**", "deep").replace('*', "X");
        write(root, &path, "All rights given.\n");
    }
    let dynamic = strings("dynamic");
    if dynamic.iter().any(|field| field == "version") {
        write(root, "about.py", "__version__ = \"1.2.3\"\n");
        pyproject.push_str("\n[tool.pyz3-wheel.version]\nfile = \"about.py\"\n");
    }
    if dynamic.iter().any(|field| field == "readme") {
        write(root, "README.md", "# Title\n\nText.\n");
        write(root, "CHANGES.md", "# Changes\n\n- many\n");
        pyproject.push_str("\n[tool.pyz3-wheel.readme]\nfiles = [\"README.md\", \"CHANGES.md\"]\n");
    }
    write(root, "pyproject.toml", &pyproject);
}

/// Prints METADATA of a project beside it, both ways; gives what was said where it is refused.
#[track_caller]
fn render(root: &Path) -> Option<String> {
    let metadata = |format: &str| {
        let mut command = command();
        command.args(["metadata", "--format", format, "--project"]);
        run(command.arg(root))
    };
    let human = metadata("human");
    if human.code == 2 {
        assert_eq!(human.stdout, "", "{}", root.display());
        return Some(human.stderr);
    }
    write(root, "OURS", &human.exits(0).stdout);
    write(root, "OURS.json", &metadata("json").exits(0).stdout);
    None
}

/// What pyproject-metadata makes of the projects in a folder.
fn judge(folder: &Path) -> Option<Value> {
    let bin = support::venv_tool(&["pyproject-metadata==0.12.1", "packaging==26.3", "tomli"])?;
    let script = repo().join("tests/fixtures/metadata/compare.py");
    let ran = run(Command::new(bin.join("python")).arg(script).arg(folder)).exits(0);
    Some(ran.json())
}

#[test]
fn real_projects_get_the_metadata_that_pyproject_metadata_gives_them() {
    let folder = tempfile::tempdir().unwrap();
    let tables = tables();
    assert!(tables.len() >= 60, "{}", tables.len());
    let mut refused = BTreeMap::new();
    for (name, text) in &tables {
        let root = folder.path().join(name);
        lay_out(&root, text);
        refused.insert(name.as_str(), render(&root));
    }
    let judged = need!(judge(folder.path()), "no pyproject-metadata");
    let mut wrong = Vec::new();
    for (name, text) in &tables {
        let verdict = &judged[name];
        let expected = WITHOUT_SOURCE.iter().find(|(project, _)| project == name);
        match (&refused[name.as_str()], expected) {
            (Some(said), Some((_, fields))) => {
                assert_eq!(
                    said.matches("error:").count(),
                    fields.len(),
                    "{name}: {said}"
                );
                for field in *fields {
                    let message = format!("no source is given for {field}");
                    assert!(said.contains(&message), "{name}: {said}");
                }
            }
            (Some(said), None) if REFUSED_BY_BOTH.contains(&name.as_str()) => {
                assert!(said.contains("unknown key"), "{said}");
                assert!(verdict["refused"].is_string(), "{name}: they take it");
            }
            (Some(said), None) => wrong.push(format!("{name}: refused: {said}")),
            (None, Some(_)) => wrong.push(format!("{name}: not refused")),
            (None, None) => {
                let why = verdict["refused"].as_str();
                let taken = TAKEN_ALL_THE_SAME.contains(&name.as_str());
                assert!(!taken || why.is_some_and(|why| why.contains("License ::")));
                if let Some(why) = why.filter(|_| !taken) {
                    wrong.push(format!("{name}: they refuse it: {why}"));
                }
            }
        }
        let pyproject: Table = text.parse().unwrap();
        let project = pyproject["project"].as_table().unwrap();
        for (field, values) in verdict["differences"].as_object().unwrap() {
            let allowed = ALLOWED.iter().any(|(name, allowed, _)| {
                name == field && allowed(project, &values[0], &values[1])
            });
            if !allowed {
                wrong.push(format!("{name}: {field}: ours and theirs: {values}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_pyproject_metadata_refuses_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut refused = Vec::new();
    for (i, (lines, _)) in LINES.iter().enumerate() {
        let root = folder.path().join(format!("case{i:03}"));
        let head = if lines.contains("name = \"") && lines.starts_with("name") {
            "[project]\n"
        } else if lines.starts_with("version") {
            "[project]\nname = \"x\"\n"
        } else {
            "[project]\nname = \"x\"\nversion = \"1\"\n"
        };
        write(&root, "pyproject.toml", &format!("{head}{lines}\n"));
        write(&root, "README.md", "# Title\n");
        write(&root, "LICENSE", "All rights given.\n");
        refused.push(render(&root).is_some());
    }
    let judged = need!(judge(folder.path()), "no pyproject-metadata");
    for (i, (lines, fine)) in LINES.iter().enumerate() {
        let theirs = judged[format!("case{i:03}")]["refused"].is_string();
        assert_eq!(refused[i], !fine, "{lines}");
        assert!(!theirs || refused[i], "they refuse: {lines}");
        // LICENSE is there by default, as above; everything else is equal.
        let mut differences = judged[format!("case{i:03}")]["differences"].clone();
        for field in ["License-File", "Metadata-Version"] {
            differences.as_object_mut().unwrap().remove(field);
        }
        assert_eq!(differences, serde_json::json!({}), "{lines}");
    }
    let theirs = (0..LINES.len())
        .filter(|i| judged[format!("case{i:03}")]["refused"].is_string())
        .count();
    assert!(theirs >= 30, "they refuse only {theirs} of these");
}
