//! What is allowed and yet told.

use super::Folder;

#[test]
fn odd_requirements_are_noted_with_their_place() {
    let folder = Folder::minimal("dependencies = [\"a; python_version >= 'x'\"]\n");
    let notes = folder.load().unwrap().metadata.notes().to_vec();
    assert_eq!(notes.len(), 1);
    let expected = "pyproject.toml:4:17: `python_version >= \"x\"`: `x` is not a version";
    assert!(notes[0].starts_with(expected), "{notes:?}");
    let written = folder.headers(&["Requires-Dist"]);
    assert_eq!(written, ["Requires-Dist: a; python_version >= \"x\""]);
}

#[test]
fn labels_that_indexes_take_for_the_same_are_noted() {
    let folder = Folder::minimal(
        "[project.urls]\nHomepage = \"https://a.b\"\n\"Home-page\" = \"https://a.b\"\nHome = \"https://a.b\"\n",
    );
    let notes = folder.load().unwrap().metadata.notes().to_vec();
    let expected =
        "pyproject.toml:6:1: indexes take the labels `Homepage` and `Home-page` for the same";
    assert_eq!(notes.len(), 1);
    assert!(notes[0].starts_with(expected), "{notes:?}");
}

#[test]
fn several_people_in_one_name_are_noted() {
    let folder = Folder::minimal(
        "authors = [{ name = \"A, B\", email = \"a@b.c\" }]\nmaintainers = [{ name = \"C, D\" }]\n",
    );
    let notes = folder.load().unwrap().metadata.notes().to_vec();
    assert_eq!(notes.len(), 2, "{notes:?}");
    assert!(
        notes[0].starts_with("pyproject.toml:4:14: `A, B` has a comma"),
        "{notes:?}"
    );
    assert_eq!(
        folder.headers(&["Author-email", "Maintainer"]),
        ["Author-email: \"A, B\" <a@b.c>", "Maintainer: C, D"]
    );
}

#[test]
fn an_empty_description_is_none() {
    let metadata = Folder::minimal("description = \"\"\n")
        .load()
        .unwrap()
        .metadata;
    assert_eq!(
        metadata.notes(),
        ["pyproject.toml:4:1: project.description is empty"]
    );
    assert!(!metadata.render().contains("Summary"));
}
