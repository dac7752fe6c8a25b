//! What modules for Windows import from a Python that this machine has for Linux only, read by LIEF.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::oracles::ask;
use support::rigs::newest_pythons;
use support::{command, example, names, need, repo, run, write_file};

/// The names that the one module of a wheel imports, by DLL: a JSON object.
const IMPORTS: &str = r#"
import json, sys, zipfile
import lief

with zipfile.ZipFile(sys.argv[1]) as archive:
    module, = (name for name in archive.namelist() if name.endswith(".pyd"))
    binary = lief.parse(list(archive.read(module)))
print(json.dumps({dll.name: [entry.name for entry in dll.entries] for dll in binary.imports}))
"#;

/// The names that `python3MINOR.dll` exports, by the table.
fn exported(minor: u32) -> BTreeSet<String> {
    let table = repo().join("src/binary/data/python_symbols.txt");
    let text = std::fs::read_to_string(table).unwrap();
    let has = |minors: &str| {
        minors == "*"
            || minors.split(',').any(|span| {
                let (first, last) = span.split_once('-').unwrap_or((span, span));
                let number = |text: &str| text.parse().unwrap_or(u32::MAX);
                (number(first)..=number(last)).contains(&minor)
            })
    };
    text.lines()
        .filter_map(
            |line| match line.split_whitespace().collect::<Vec<_>>()[..] {
                ["function" | "data", name, _, windows, _] if has(windows) => Some(name.to_owned()),
                _ => None,
            },
        )
        .collect()
}

#[test]
fn a_module_for_the_newest_python_imports_only_what_its_dll_exports() {
    let own = support::pythons().get("3.15");
    let python = need!(
        own.or_else(|| newest_pythons().get("3.15")),
        "the imports of a module for Windows: a CPython 3.15 with headers is missing"
    );
    let lief = need!(
        support::venv_tool(&["lief==1.0.0"]),
        "the imports of a module for Windows: pip cannot install LIEF"
    );
    let project = example("hello");
    let native = project.path().join("src/native.zig");
    let source = std::fs::read_to_string(&native).unwrap();
    let call = "    if (py.PyFrozenDict_New(null) == null) return null;\n    return py.PyFloat_FromDouble(sum.total());";
    let newer = source.replace("    return py.PyFloat_FromDouble(sum.total());", call);
    assert_ne!(newer, source);
    write_file(&native, &newer);

    for platform in ["windows-x64", "windows-arm64"] {
        let output = tempfile::tempdir().unwrap();
        let mut build = command();
        build
            .current_dir(project.path())
            .arg("--output-dir")
            .arg(output.path());
        build.args(["--platform", platform, "--python"]);
        run(build.arg(python)).exits(0);
        let wheels: Vec<PathBuf> = names(output.path())
            .iter()
            .map(|name| output.path().join(name))
            .collect();
        let imports = ask(&lief.join("python"), IMPORTS, &wheels);
        let pythons: Vec<_> = imports
            .as_object()
            .unwrap()
            .iter()
            .filter(|(dll, _)| dll.starts_with("python"))
            .collect();
        let [(dll, imported)] = pythons[..] else {
            panic!("{imports:#}");
        };
        assert_eq!(dll, "python315.dll", "{platform}");
        let imported = imported.as_array().unwrap().iter();
        let imported = imported.map(|name| name.as_str().unwrap().to_owned());
        let imported: BTreeSet<_> = imported.collect();
        let exported = exported(15);
        let unknown: Vec<_> = imported.difference(&exported).collect();
        assert!(unknown.is_empty(), "{platform}: {unknown:?}");
        for name in ["PyFrozenDict_New", "PyModuleDef_Init", "PyFloat_Type"] {
            assert!(
                imported.contains(name),
                "{platform}: {name} in {imported:?}"
            );
        }
    }
}
