//! Signals that no program can handle, and signals that were ignored when the program started.

use std::path::Path;
use std::process::{Command, Stdio};

use super::{Sleeper, end, send};
use support::{BUILD, command, hermetic, names, project, pyz3_wheel, run};

/// The names in a folder for temporary files that pyz3-wheel uses.
fn ours(folder: &Path) -> Vec<String> {
    let mut names = names(folder);
    names.retain(|name| name.starts_with("pyz3-wheel"));
    names
}

/// The program, started by a shell that ignores these signals.
fn ignoring(signals: &str) -> Command {
    let mut shell = Command::new("sh");
    hermetic(&mut shell);
    let script = format!("trap '' {signals}; exec \"$0\" \"$@\"");
    shell.arg("-c").arg(script).arg(pyz3_wheel());
    shell
}

#[test]
fn a_killed_run_leaves_nothing_running_and_its_folders_are_swept() {
    let temporary = tempfile::tempdir().unwrap();
    let notes = temporary.path().join("pyz3-wheel-notes");
    std::fs::create_dir(&notes).unwrap();
    let sleeper = Sleeper::new(4);
    let in_sdist = || {
        let mut command = command();
        command.arg("--from-sdist").env("TMPDIR", temporary.path());
        command
    };
    for begin in [&|| command(), &in_sdist as &dyn Fn() -> Command] {
        let mut child = sleeper.begin_as(&mut begin());
        assert!(sleeper.sleeps());
        child.kill().unwrap();
        end(child);
        sleeper.assert_ended();
        std::fs::remove_file(sleeper.path().join("begun")).unwrap();
    }
    assert_eq!(sleeper.names(".pyz3-wheel/jobs").len(), 2);
    assert_eq!(ours(temporary.path()).len(), 3);

    // The next run removes the folders.
    std::fs::write(sleeper.path().join("build.zig"), "").unwrap();
    run(command()
        .arg("--project")
        .arg(sleeper.path())
        .env("TMPDIR", temporary.path()));
    assert_eq!(sleeper.names(".pyz3-wheel/jobs"), Vec::<String>::new());
    assert_eq!(ours(temporary.path()), ["pyz3-wheel-notes"]);
}

#[test]
fn what_was_ignored_at_the_start_stays_ignored() {
    let sleeper = Sleeper::new(5);
    let child = sleeper.begin_as(&mut ignoring("HUP INT"));
    for signal in ["HUP", "INT"] {
        send(signal, child.id());
    }
    std::thread::sleep(std::time::Duration::from_secs(1));
    assert!(sleeper.sleeps());
    send("TERM", child.id());
    assert_eq!(end(child).2, Some(130));
    sleeper.assert_ended();
}

#[test]
fn a_parent_that_ignores_the_end_of_children_is_survived() {
    let pyproject = "[project]\nname = \"hello\"\nversion = \"1.0\"\n";
    let folder = project(&[
        ("pyproject.toml", pyproject),
        ("hello/__init__.py", ""),
        ("build.zig", BUILD),
        ("tiny.zig", "export fn answer() c_int { return 42; }\n"),
    ]);
    run(ignoring("CHLD")
        .arg("--project")
        .arg(folder.path())
        .stdin(Stdio::null()))
    .exits(0);
}
