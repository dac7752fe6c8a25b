//! How the pages of the documentation are written, so that a test can follow them.

use support::pages::{Action, all, is_output, steps};

#[test]
fn every_block_of_the_documentation_is_run_or_says_why_not() {
    let mut problems = Vec::new();
    for page in all() {
        let text = std::fs::read_to_string(&page).unwrap();
        if let Err(found) = steps(&text) {
            problems.extend(
                found
                    .iter()
                    .map(|problem| format!("{}: {problem}", page.display())),
            );
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

fn actions(page: &str) -> Vec<Action> {
    let steps = steps(page).unwrap();
    steps.into_iter().map(|step| step.action).collect()
}

fn run(command: &str, code: i32) -> Action {
    Action::Run {
        command: command.to_owned(),
        code,
    }
}

#[test]
fn a_page_is_files_commands_and_output() {
    let page = "# A\n\n```zig title=\"a.zig\"\nconst a = 1;\n```\n\n1. B\n\n   ```console\n   $ cat \\\n   a.zig\n   const …\n   $ x <<E\n   > 1\n   > E\n   ```\n";
    let expected = [
        Action::Write {
            path: "a.zig".to_owned(),
            text: "const a = 1;\n".to_owned(),
        },
        run("cat \\\na.zig", 0),
        Action::Expect("const …\n".to_owned()),
        run("x <<E\n1\nE", 0),
    ];
    assert_eq!(actions(page), expected);
}

#[test]
fn comments_mark_the_next_block_or_the_section() {
    let page = "# A\n<!-- exit code: 4 -->\n```console\n$ a\n$ b\n```\n<!-- not run: needs\n a token -->\n```sh\nc\n```\n\
                ## B\n<!-- not run in this section: lines -->\n### C\n```zig\nx\n```\n```console\n$ d\n```\n<!-- needs gdb: a debugger -->\n```console\n$ gdb\n```\n";
    let skip = |reason: &str| Action::Skip(reason.to_owned());
    let expected = [
        run("a", 0),
        run("b", 4),
        skip("needs a token"),
        skip("lines"),
        run("d", 0),
        Action::Need {
            what: "gdb".to_owned(),
            reason: "a debugger".to_owned(),
        },
        run("gdb", 0),
    ];
    assert_eq!(actions(page), expected);
}

#[test]
fn a_block_that_nobody_runs_is_an_error() {
    let problems = steps("```zig\nx\n```\n\n## B\n\n<!-- not run: never -->\ntext\n").unwrap_err();
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(problems[0].starts_with("line 1: a block of `zig` needs"));
    assert!(problems[1].starts_with("line 8: no block follows"));
}

#[test]
fn an_ellipsis_stands_for_anything() {
    for (shown, output, same) in [
        ("a", "a\n", true),
        ("a", "ab", false),
        ("a…c", "a\nb\nc", true),
        ("…c", "abcc", true),
        ("a…", "a", true),
        ("a…b…c", "abc", true),
        ("a…b…c", "acb", false),
        ("…b", "bc", false),
        ("…\nb", "b", true),
        ("…\nb", "a\nb", true),
        ("a\n…\nb", "a\nb", true),
        ("a\n…\nb", "a\nc", false),
        ("a\n…\nb", "a\ncb", false),
        ("…\nb", "xb", false),
        ("a\n…", "a", true),
    ] {
        assert_eq!(is_output(shown, output), same, "{shown} {output}");
    }
}
