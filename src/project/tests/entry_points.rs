//! `entry_points.txt`.

use super::Folder;

#[test]
fn entry_points_are_written_by_group() {
    let folder = Folder::minimal(
        r#"[project.gui-scripts]
g = "a:Gui.run"
[project.scripts]
b-2 = "a.b : main"
a = "a:main"
[project.entry-points."x.plugins"]
"a name" = "a"
z = "a:b.c"
y = "a:b[ d,E ]"
"ü" = "a:grüße"
[project.entry-points.empty]
"#,
    );
    assert_eq!(
        folder.load().unwrap().metadata.entry_points().unwrap(),
        "\
[console_scripts]
b-2 = a.b:main
a = a:main

[gui_scripts]
g = a:Gui.run

[x.plugins]
a name = a
z = a:b.c
y = a:b [d,E]
ü = a:grüße
"
    );
}

#[test]
fn wrong_entry_points_are_refused() {
    for (table, words) in [
        (
            "scripts = { a = \"b\" }",
            "scripts.a: `b` names no function",
        ),
        (
            "scripts = { a = \"b:\" }",
            "`b:` is not an object reference",
        ),
        ("scripts = { a = \"b:c()\" }", "is not an object reference"),
        ("scripts = { a = \"b:c[]\" }", "`` is not a valid name"),
        ("scripts = { a = \"b:c [x\" }", "is not an object reference"),
        ("scripts = { a = \"b:c\\nx = y:z\" }", "must be one line"),
        (
            "scripts = { \"../a\" = \"b:c\" }",
            "`../a` is not a valid name of a command",
        ),
        (
            "scripts = { \"a b\" = \"b:c\" }",
            "`a b` is not a valid name of a command",
        ),
        (
            "scripts = { \"..\" = \"b:c\" }",
            "`..` is not a valid name of a command",
        ),
        (
            "scripts = { Python3 = \"b:c\" }",
            "it would replace an environment's own file `Python3`",
        ),
        (
            "gui-scripts = { \"activate.fish\" = \"b:c\" }",
            "it would replace an environment's own file `activate.fish`",
        ),
        (
            "scripts = { \"nul.txt\" = \"b:c\" }",
            "Windows reserves the name `nul.txt`",
        ),
        (
            "scripts = { \"a.\" = \"b:c\" }",
            "Windows drops the dot or space",
        ),
        ("scripts = [\"a\"]", "project.scripts: must be a table"),
        ("gui-scripts = { a = 1 }", "gui-scripts.a: must be a string"),
        (
            "entry-points = { console_scripts = {} }",
            "has a table of its own",
        ),
        (
            "entry-points = { gui_scripts = {} }",
            "has a table of its own",
        ),
        (
            "entry-points = { a = \"b\" }",
            "entry-points.a: must be a table",
        ),
        (
            "entry-points = { \"a]\" = {} }",
            "is not a valid name of a group",
        ),
        (
            "entry-points = { \"a-b\" = {} }",
            "is not a valid name of a group",
        ),
        (
            "entry-points = { a = { \"x=y\" = \"b\" } }",
            "is not a valid name of an entry point",
        ),
        (
            "entry-points = { a = { \"[x\" = \"b\" } }",
            "is not a valid name of an entry point",
        ),
        (
            "entry-points = { a = { \"x\\ny\" = \"b\" } }",
            "must be one line",
        ),
    ] {
        Folder::minimal(&format!("{table}\n")).refused(words);
    }
}
