use super::*;

fn project(text: &str) -> (tempfile::TempDir, Project) {
    let folder = tempfile::tempdir().unwrap();
    let head = "[project]\nname = \"x\"\nversion = \"1\"\n";
    fs::write(
        folder.path().join("pyproject.toml"),
        format!("{head}{text}"),
    )
    .unwrap();
    fs::write(folder.path().join("a.zig"), "").unwrap();
    let project = Project::load(folder.path()).unwrap();
    (folder, project)
}

/// A framework as pip installs it, with this content of its root file.
fn source(folder: &Path, content: &str) -> Source {
    let dir = folder.join("site/pyz3");
    fs::create_dir_all(dir.join("src/types")).unwrap();
    for (name, text) in [
        ("pyz3.zig", content),
        ("ffi.h", ""),
        ("numpy_ffi.h", ""),
        ("types/str.zig", ""),
    ] {
        fs::write(dir.join("src").join(name), text).unwrap();
    }
    let package = Package {
        dir,
        version: Some("0.11.0".to_owned()),
        requires: vec!["ziglang>=0.15.1".to_owned()],
    };
    Source::new(Framework::Pyz3, package).unwrap()
}

const MODULE: &str = "name = \"x.a\"\nroot = \"a.zig\"\n";

#[test]
fn the_script_is_the_same_wherever_the_project_lies() {
    let table = format!("[[tool.pyz3-wheel.module]]\n{MODULE}");
    let recipes = [project(&table), project(&table)].map(|(_folder, project)| {
        let managed = project.managed.unwrap();
        Recipe::new(&managed, None)
    });
    assert_eq!(recipes[0].inputs(), recipes[1].inputs());
    let (_folder, project) = project(&format!("{table}c-flags = [\"-DX\"]\n"));
    let other = Recipe::new(&project.managed.unwrap(), None);
    assert_ne!(recipes[0].inputs(), other.inputs());
}

#[test]
fn the_frameworks_source_is_part_of_what_a_build_depends_on() {
    let (folder, project) = project(&format!("[[tool.pyz3.ext_module]]\n{MODULE}"));
    let managed = project.managed.unwrap();
    let inputs = |content| Recipe::new(&managed, Some(source(folder.path(), content))).inputs();
    let (one, other) = (inputs("// 1"), inputs("// 2"));
    assert_eq!(one[..2], other[..2]);
    assert_eq!(one[1], ("pyz3".to_owned(), "0.11.0".to_owned()));
    assert_ne!(one[2], other[2]);
}

#[test]
fn a_run_writes_the_script_once_and_leaves_others_alone() {
    let (folder, project) = project(&format!("[[tool.pyz3-wheel.module]]\n{MODULE}"));
    let recipe = Recipe::new(&project.managed.unwrap(), None);
    let workspace = Workspace::open(folder.path()).unwrap();
    let script = recipe.write(&workspace).unwrap();
    assert!(script.starts_with(workspace.root()));
    fs::write(script.with_file_name("modules.zon"), "damaged").unwrap();
    assert_eq!(recipe.write(&workspace).unwrap(), script);
    let data = fs::read_to_string(script.with_file_name("modules.zon")).unwrap();
    assert!(data.contains(".name = \"x.a\""), "{data}");
    assert!(data.contains(".framework = null"), "{data}");
}

#[test]
fn an_error_in_the_frameworks_own_source_is_told_apart() {
    let (folder, project) = project(&format!("[[tool.pyz3.ext_module]]\n{MODULE}"));
    let source = source(folder.path(), "");
    let theirs = source.folder.join("types/str.zig");
    let recipe = Recipe::new(&project.managed.unwrap(), Some(source));
    let log = format!("a.zig:1:1: error: x\n{}:3:7: error: y\n", theirs.display());
    let own_hint = recipe.framework_error_hint(&log, "0.16.0").unwrap();
    for part in [
        "types/str.zig:3:7",
        "pyz3 0.11.0's own source",
        "Zig 0.16.0",
        "ziglang>=0.15.1",
    ] {
        assert!(own_hint.contains(part), "{part} in {own_hint}");
    }
    assert_eq!(
        recipe.framework_error_hint("a.zig:1:1: error: x\n", "0.16.0"),
        None
    );
}

#[test]
fn a_framework_of_another_layout_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let package = Package {
        dir: folder.path().to_owned(),
        version: None,
        requires: Vec::new(),
    };
    let error = Source::new(Framework::Pydust, package).unwrap_err();
    assert!(
        error.to_string().contains("has no src/pydust.zig"),
        "{error}"
    );
}
