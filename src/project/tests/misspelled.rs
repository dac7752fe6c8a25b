//! Names that are almost those of this program.

use super::Folder;

#[test]
fn other_spellings_of_the_table_are_refused_with_the_right_one() {
    for (table, name) in [
        ("[tool.pyz3_wheel]\noptimize = \"Debug\"", "tool.pyz3_wheel"),
        ("[tool.pyz3wheel]", "tool.pyz3wheel"),
        ("[tool.pyz3-wheels]", "tool.pyz3-wheels"),
        ("[tool.PyZ3-Wheel]", "tool.PyZ3-Wheel"),
        ("[pyz3-wheel]", "pyz3-wheel"),
        ("[pyz3_wheel]\njobs = 1", "pyz3_wheel"),
        (
            "[tool.pyz3-wheel]\njobs = 1\n[tool.pyz3_wheel]\njobs = 2",
            "tool.pyz3_wheel",
        ),
    ] {
        let folder = Folder::minimal(table);
        folder.refused(&format!("{name}: is not the table of pyz3-wheel"));
        let error = folder.error();
        let hint = error.problems()[0].hint.as_deref();
        assert_eq!(hint, Some("rename it to [tool.pyz3-wheel]"));
    }
}

#[test]
fn the_distribution_is_not_the_module_of_the_backend() {
    for backend in [
        "pyz3-wheel",
        "pyz3wheel",
        "Pyz3_Wheel",
        "pyz3-wheels",
        "pyz3_whel",
    ] {
        let system = format!("[build-system]\nbuild-backend = \"{backend}\"\n");
        let folder = Folder::minimal(&system);
        folder.refused(&format!(
            "pyproject.toml:5:1: build-system.build-backend: `{backend}` is not the name of the module"
        ));
        let error = folder.error();
        let hint = error.problems()[0].hint.as_deref();
        assert_eq!(hint, Some("write build-backend = \"pyz3_wheel\""));
    }
}

#[test]
fn names_of_others_are_theirs() {
    for more in [
        "[tool.pyz3]\n[tool.pyz3-wheel]",
        "[tool.wheel]\n[tool.pyz3-wheel-extra]",
        "[build-system]\nbuild-backend = \"pyz3_wheel\"",
        "[build-system]\nbuild-backend = \"pyz3wheel\"\nbackend-path = [\"build\"]",
    ] {
        assert!(Folder::minimal(more).load().is_ok(), "{more}");
    }
}
