//! What git is asked, and what the repository's configuration cannot make it run.

use super::Folder;
use crate::project::git::has_changes;

const VERSION: &str = "[project]\nname = \"x\"\ndynamic = [\"version\"]\n\
                       [tool.pyz3-wheel.version]\ngit = true\n";

/// A tagged commit with a file that a filter changes on its way into the repository.
fn filtered(clean: &str) -> Folder {
    Folder::empty()
        .with("pyproject.toml", VERSION)
        .with("x/__init__.py", "")
        .with("plain.txt", "plain\n")
        .with("secret.txt", "secret\n")
        .git(&["init", "-q", "."])
        .with(".gitattributes", "secret.txt filter=a.b\n")
        .git(&["config", "filter.a.b.clean", clean])
        .git(&["config", "filter.a.b.smudge", "tr A-Z a-z"])
        .git(&["config", "filter.a.b.required", "true"])
        .git(&["add", "-A"])
        .git(&["commit", "-qm", "x"])
        .git(&["tag", "v1.2.3"])
}

#[test]
fn a_filtered_file_counts_as_changed_once_its_changes_are_staged() {
    let folder = filtered("tr a-z A-Z");
    let is_changed = |folder: &Folder| has_changes(folder.path()).unwrap();
    assert!(!is_changed(&folder));
    // Another time, and so the content is looked at, as in every copy of a checkout.
    let folder = folder
        .with("secret.txt", "secret\n")
        .with("plain.txt", "plain\n");
    for name in ["secret.txt", "plain.txt"] {
        let file = std::fs::File::options()
            .write(true)
            .open(folder.path().join(name));
        file.unwrap()
            .set_modified(std::time::SystemTime::UNIX_EPOCH)
            .unwrap();
    }
    assert!(!is_changed(&folder));
    assert!(folder.load().unwrap().metadata.notes().is_empty());
    let folder = folder.with("secret.txt", "another secret\n");
    assert!(!is_changed(&folder));
    let folder = folder.git(&["add", "secret.txt"]);
    assert!(is_changed(&folder));
    let folder = folder
        .git(&["commit", "-qm", "y"])
        .with("plain.txt", "changed\n");
    assert!(is_changed(&folder));
    let folder = folder.git(&["checkout", "-q", "plain.txt"]);
    assert!(!is_changed(&folder));
    std::fs::remove_file(folder.path().join("secret.txt")).unwrap();
    assert!(is_changed(&folder));
    // A driver that nobody has defined does nothing.
    let folder = folder
        .git(&["checkout", "-q", "secret.txt"])
        .with(".gitattributes", "*.txt filter=unknown\n")
        .git(&["add", "-A"])
        .git(&["commit", "-qm", "z"])
        .with("plain.txt", "changed\n");
    assert!(is_changed(&folder));
}

#[test]
fn nothing_of_the_repositorys_configuration_is_run() {
    let ran = Folder::empty();
    let touch = |name: &str| format!("touch {}", ran.path().join(name).display());
    let command = |name: &str| format!("{}; cat", touch(name));
    let folder = filtered("cat");
    let included = folder.path().join(".git/more");
    let more = format!(
        "[filter \"included\"]\n\tprocess = {}\n\trequired = true\n",
        touch("process")
    );
    std::fs::write(&included, more).unwrap();
    let monitor = folder.path().join(".git/monitor");
    std::fs::write(&monitor, format!("#!/bin/sh\n{}\n", touch("monitor"))).unwrap();
    let hooks = folder.path().join(".git/hooks");
    std::fs::create_dir_all(&hooks).unwrap();
    for hook in ["post-index-change", "reference-transaction"] {
        let text = format!("#!/bin/sh\n{}\n", touch(hook));
        std::fs::write(hooks.join(hook), text).unwrap();
    }
    for script in [
        monitor.clone(),
        hooks.join("post-index-change"),
        hooks.join("reference-transaction"),
    ] {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(script, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let own = folder.path().to_owned();
    let folder = folder
        .git(&["config", "filter.a.b.clean", &command("clean")])
        .git(&["config", "filter.a.b.process", &touch("process-of-ab")])
        .git(&["config", "include.path", included.to_str().unwrap()])
        .git(&["config", "core.fsmonitor", monitor.to_str().unwrap()])
        .git(&["config", "core.pager", &command("pager")])
        .git(&["config", "core.sshCommand", &touch("ssh")])
        .git(&["config", "diff.external", &touch("diff")])
        .git(&["config", "diff.evil.textconv", &command("textconv")])
        .git(&["config", "diff.evil.command", &touch("driver")])
        .git(&["config", "core.repositoryformatversion", "1"])
        .git(&["config", "extensions.partialClone", "origin"])
        .git(&["config", "remote.origin.promisor", "true"])
        .git(&[
            "config",
            "remote.origin.url",
            own.join(".git").to_str().unwrap(),
        ])
        .git(&["config", "remote.origin.uploadpack", &touch("uploadpack")])
        .with(
            ".gitattributes",
            "*.txt filter=included diff=evil\nsecret.txt filter=a.b\n",
        )
        .with("plain.txt", "plain\n")
        .with("secret.txt", "secret\n");
    let look = |folder: &Folder| {
        drop(
            folder
                .load()
                .map(|project| project.files().map(|files| files.sdist().is_ok())),
        );
        let ran: Vec<_> = std::fs::read_dir(ran.path()).unwrap().flatten().collect();
        assert!(ran.is_empty(), "{ran:?}");
    };
    look(&folder);
    // Objects that the clone lacks.
    let objects = folder.path().join(".git/objects");
    for entry in walkdir::WalkDir::new(&objects).into_iter().flatten() {
        if entry.depth() == 2 && entry.file_type().is_file() {
            let _ = std::fs::remove_file(entry.path());
        }
    }
    look(&folder);

    // A bare repository among the files of a clone, which is found before the clone's own.
    let evil = |key: &str, value: &str| format!("[{key}]\n\t{value}\n");
    let config = evil("core", "bare = false\n\tworktree = ..")
        + &evil("core", &format!("fsmonitor = {}", monitor.display()))
        + &evil("filter \"x\"", &format!("clean = {}", command("bare")));
    let outer = Folder::empty()
        .with("p/pyproject.toml", VERSION)
        .with("p/HEAD", "ref: refs/heads/main\n")
        .with("p/config", config)
        .with("p/objects/keep", "")
        .with("p/refs/keep", "")
        .with("p/.gitattributes", "* filter=x\n")
        .git(&["init", "-q", "."])
        .git(&["add", "-A"])
        .git(&["commit", "-qm", "x"])
        .git(&["tag", "v1.0"]);
    drop(crate::project::Project::load(&outer.path().join("p")));
    let ran: Vec<_> = std::fs::read_dir(ran.path()).unwrap().flatten().collect();
    assert!(ran.is_empty(), "{ran:?}");
}
