//! Import names (PEP 794).

use super::Folder;

const NAMES: [&str; 3] = ["Metadata-Version", "Import-Name", "Import-Namespace"];

#[test]
fn each_name_is_a_header_and_raises_the_version() {
    for (lines, headers) in [
        (
            "import-names = [\"hello\", \"_hello ;private\", \"é.x;   private\", \"é\"]",
            &[
                "Metadata-Version: 2.5",
                "Import-Name: hello",
                "Import-Name: _hello; private",
                "Import-Name: é.x; private",
                "Import-Name: é",
            ][..],
        ),
        (
            "import-namespaces = [\"azure\", \"azure.mgmt\"]\nimport-names = [\"azure.mgmt.search\"]",
            &[
                "Metadata-Version: 2.5",
                "Import-Name: azure.mgmt.search",
                "Import-Namespace: azure",
                "Import-Namespace: azure.mgmt",
            ],
        ),
        (
            "import-namespaces = [\"a\"]",
            &["Metadata-Version: 2.5", "Import-Namespace: a"],
        ),
        // Nothing can be imported.
        (
            "import-names = []",
            &["Metadata-Version: 2.5", "Import-Name:"],
        ),
        // Nothing is said.
        ("import-namespaces = []", &["Metadata-Version: 2.1"]),
        ("", &["Metadata-Version: 2.1"]),
    ] {
        let folder = Folder::minimal(&format!("{lines}\n"));
        assert_eq!(folder.headers(&NAMES), headers, "{lines}");
    }
}

#[test]
fn what_python_cannot_import_is_refused() {
    for (lines, words) in [
        ("import-names = \"x\"", "must be an array, not a string"),
        ("import-names = [1]", "import-names[0]: must be a string"),
        ("import-names = [\"\"]", "must not be empty"),
        ("import-names = [\"a-b\"]", "`a-b` is not an identifier"),
        ("import-names = [\"a..b\"]", "`` is not an identifier"),
        ("import-names = [\" a\"]", "` a` is not an identifier"),
        ("import-names = [\"1a\"]", "`1a` is not an identifier"),
        ("import-names = [\"a.class\"]", "`class` is a keyword"),
        (
            "import-names = [\"a; public\"]",
            "`public` is not a modifier",
        ),
        ("import-names = [\"a;\"]", "`` is not a modifier"),
        ("import-names = [\"a\\nName: b\"]", "must be one line"),
        (
            "import-names = [\"a\", \"a; private\"]",
            "import-names[1]: `a` is in project.import-names[0] as well",
        ),
        (
            "import-names = [\"a; private\"]\nimport-namespaces = [\"a\"]",
            "import-namespaces[0]: `a` is in project.import-names[0] as well",
        ),
        (
            "import-names = []\nimport-namespaces = [\"a\"]",
            "import-names is empty, which means that the project has no import names",
        ),
        (
            "import-names = [\"a\", \"a.b.c\", \"a.b.d\"]",
            "import-names[1]: `a.b.c` is in `a.b`, which is not listed",
        ),
    ] {
        Folder::minimal(&format!("{lines}\n")).refused(words);
    }
    let problems = Folder::minimal("import-names = [\"a.b.c\"]\n").problems();
    assert_eq!(problems.len(), 2, "{problems:#?}");
}

#[test]
fn an_unpacked_sdist_knows_them() {
    let folder = |info: &str| {
        Folder::new(
            "[project]\nname = \"x\"\nversion = \"1\"\ndynamic = [\"import-names\", \"import-namespaces\"]\n",
        )
        .with("PKG-INFO", format!("Name: x\nVersion: 1\n{info}\n"))
    };
    assert_eq!(
        folder("Import-Name: a.b ; private\nImport-Namespace: a\n").headers(&NAMES),
        [
            "Metadata-Version: 2.5",
            "Import-Name: a.b; private",
            "Import-Namespace: a"
        ]
    );
    assert_eq!(
        folder("Import-Name:\n").headers(&NAMES),
        ["Metadata-Version: 2.5", "Import-Name:"]
    );
    assert_eq!(folder("").headers(&NAMES), ["Metadata-Version: 2.1"]);
    folder("Import-Name: a b\n").refused("`a b` is not an identifier");
}
