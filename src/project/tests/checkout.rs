//! Which files of a git checkout go into wheel and sdist.

use super::Folder;
use crate::project::{Files, Project};

const CHECKOUT: &str = "[tool.pyz3-wheel]\npackages = [\"x\"]\n";

/// A project with these lines in `[tool.pyz3-wheel]`, all of whose files git tracks.
fn checkout(more: &str) -> Folder {
    Folder::minimal(&format!("{CHECKOUT}{more}"))
        .with("x/__init__.py", "")
        .with(
            "build.zig",
            "const table = @embedFile(\"data/table.bin\");\n",
        )
        .with("docs/index.md", "")
        .git(&["init", "-q", "."])
        .git(&["add", "-A"])
}

fn files(folder: &Folder) -> Files {
    folder.load().unwrap().files().unwrap()
}

fn sdist(files: &Files) -> Vec<&str> {
    let sdist = files.sdist().unwrap().iter();
    sdist.map(|file| file.path.as_str()).collect()
}

#[test]
fn the_sdist_has_what_git_tracks_and_what_the_build_needs() {
    let untracked = |folder: Folder| {
        folder
            .with("notes.txt", "")
            .with("docs/draft.md", "")
            .with("todo/today/list", "")
            .with("src/new.zig", "")
            .with("include/new.h", "")
            .with("data/table.bin", "")
            .with("data/other.bin", "")
            .with("x/new.py", "")
    };
    let folder = untracked(checkout(""));
    let found = files(&folder);
    let tracked = ["build.zig", "docs/index.md"];
    let needed = ["data/table.bin", "include/new.h"];
    let package = ["pyproject.toml", "src/new.zig", "x/__init__.py", "x/new.py"];
    let mut expected = [&tracked[..], &needed, &package].concat();
    expected.sort_unstable();
    assert_eq!(sdist(&found), expected);
    let [note] = &found.notes[..] else {
        panic!("{:?}", found.notes);
    };
    for words in [
        "data/other.bin, docs/draft.md, notes.txt, todo/ (`git add` them",
        "sdist-untracked = true",
        "data/table.bin, include/new.h, src/new.zig, x/new.py",
    ] {
        assert!(note.contains(words), "{words} in {note}");
    }
    assert!(
        found
            .left_out
            .iter()
            .any(|out| out.path == "todo/" && out.why == "not tracked by git")
    );

    let included = files(&untracked(checkout(
        "include = [\"/notes.txt\", \"/data/\"]\n",
    )));
    assert!(sdist(&included).contains(&"notes.txt"));
    assert!(sdist(&included).contains(&"data/other.bin"));
    let all = files(&untracked(checkout("sdist-untracked = true\n")));
    assert_eq!(sdist(&all).len(), expected.len() + 4);
    assert_eq!(all.notes, [""; 0]);
}

#[test]
fn build_zig_zon_says_what_the_build_reads() {
    let zon = |paths: &str| format!(".{{ .name = .x, .paths = .{{{paths}}} }}");
    let folder = |paths: &str| {
        let folder = checkout("").with("build.zig.zon", zon(paths));
        folder.with("assets/a.svg", "").with("notes.txt", "")
    };
    let named = files(&folder("\"build.zig\", \"./assets/\", \"../notes.txt\""));
    assert!(sdist(&named).contains(&"assets/a.svg"));
    assert!(!sdist(&named).contains(&"notes.txt"));
    // The whole folder, which says nothing of a file.
    assert!(!sdist(&files(&folder("\"\""))).contains(&"assets/a.svg"));
}

#[test]
fn the_users_ignore_files_count_and_what_is_tracked_is_taken() {
    let folder = checkout("")
        .with("x/kept.log", "")
        .with("x/gen/a.py", "")
        .git(&["add", "-A"])
        .with("x/a.swp", "")
        .with("x/b.log", "")
        .with("x/gen/b.py", "")
        .with("mine/notes", "")
        .with(".git/info/exclude", "/mine/\n*.log\n")
        .with(".git/mine", "*.swp\ngen/\n");
    let mine = folder.path().join(".git/mine");
    let folder = folder.git(&["config", "core.excludesFile", mine.to_str().unwrap()]);
    let found = files(&folder);
    let wheel: Vec<_> = found.wheel.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(wheel, ["x/__init__.py", "x/gen/a.py", "x/kept.log"]);
    let Files { wheel, notes, .. } = folder.load().unwrap().wheel_files(folder.path()).unwrap();
    assert_eq!(wheel.len(), 3);
    assert_eq!(notes, [""; 0]);
    assert!(sdist(&found).contains(&"x/gen/a.py"));
    assert!(!sdist(&found).iter().any(|path| path.starts_with("mine")));
}

#[test]
fn a_project_that_git_does_not_know_yet_is_whole() {
    let fresh = Folder::minimal("")
        .with("x/__init__.py", "")
        .with("notes.txt", "")
        .git(&["init", "-q", "."]);
    let found = files(&fresh);
    assert!(sdist(&found).contains(&"notes.txt"));
    assert!(found.notes[0].contains("git tracks no file of the project yet"));
    // Neither a repository that ignores the project, nor one that an sdist was unpacked in, is asked.
    for (more, ignored) in [("PKG-INFO", ""), ("other", "/p/\n")] {
        let outer = Folder::empty()
            .with("p/pyproject.toml", super::MINIMAL)
            .with("p/notes.txt", "")
            .with(&format!("p/{more}"), "Name: x\nVersion: 1\n")
            .with(".gitignore", ignored)
            .git(&["init", "-q", "."])
            .git(&["add", "-A"])
            .with("p/new.txt", "");
        let project = Project::load(&outer.path().join("p")).unwrap();
        let found = project.files().unwrap();
        assert!(sdist(&found).contains(&"new.txt"), "{more}");
        assert_eq!(found.notes, [""; 0], "{more}");
    }
}

#[test]
fn the_files_of_submodules_and_other_work_trees_are_known() {
    let library = checkout("").git(&["commit", "-qm", "x"]);
    let library_path = library.path().to_str().unwrap();
    let folder = checkout("")
        .git(&["submodule", "--quiet", "add", library_path, "lib"])
        .git(&["commit", "-qm", "x"])
        .with("lib/notes.txt", "");
    let found = files(&folder);
    assert!(sdist(&found).contains(&"lib/docs/index.md"));
    assert!(!sdist(&found).contains(&"lib/notes.txt"));

    let tree = library.path().join("tree");
    let tree_path = tree.to_str().unwrap();
    let library = library.git(&["worktree", "add", "-q", tree_path]);
    fs_err::write(tree.join("notes.txt"), "").unwrap();
    fs_err::write(tree.join("x/a.swp"), "").unwrap();
    let _library = library.with(".git/info/exclude", "*.swp\n");
    let project = Project::load(&tree).unwrap();
    let found = project.files().unwrap();
    let expected = [
        "build.zig",
        "docs/index.md",
        "pyproject.toml",
        "x/__init__.py",
    ];
    assert_eq!(sdist(&found), expected);
}

#[cfg(unix)]
#[test]
fn modes_are_those_of_the_disk_or_of_git() {
    use std::os::unix::fs::PermissionsExt as _;
    let set = |folder: &Folder, path: &str, mode: u32| {
        let path = folder.path().join(path);
        fs_err::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    let executable = |folder: &Folder| {
        let found = files(folder);
        let of = |list: &[crate::project::PackageFile]| -> Vec<String> {
            let list = list.iter().filter(|file| file.executable);
            list.map(|file| file.path.clone()).collect()
        };
        (of(&found.wheel), of(found.sdist().unwrap()))
    };
    let folder = checkout("scripts = \"bin\"\n")
        .with("bin/x-run", "")
        .with("x/prog", "")
        .with("x/group", "")
        .with("tool", "");
    set(&folder, "x/prog", 0o700);
    set(&folder, "x/group", 0o611);
    set(&folder, "tool", 0o6755);
    let folder = folder.git(&["add", "-A"]);
    let wheel = ["x-1.data/scripts/x-run", "x/prog"]
        .map(str::to_owned)
        .to_vec();
    let sdist = ["tool", "x/prog"].map(str::to_owned).to_vec();
    assert_eq!(executable(&folder), (wheel.clone(), sdist.clone()));
    // As a file system without modes has it.
    for path in [
        "pyproject.toml",
        "x/__init__.py",
        "x/group",
        "build.zig",
        "bin/x-run",
    ] {
        set(&folder, path, 0o777);
    }
    let folder = folder.git(&["config", "core.fileMode", "false"]);
    assert_eq!(executable(&folder), (wheel, sdist));
}

#[test]
fn what_c_sources_include_is_needed_whatever_its_ending() {
    let build = "b.addIncludePath(b.path(\"vendor/inc\"));\n.source_dir = b.path(\"share\"),\n";
    let c = "#include \"y.ipp\"\n# include <noext>\n#define T \"gen/log.table\"\n#include T\nchar *s = \"plain\";\n";
    let needed = [
        "inc/noext",
        "inc/once.data",
        "inc/y.ipp",
        "more/gen/log.table",
        "share/a.txt",
        "src/a.C",
        "src/a.tcc",
        "vendor/inc/any.thing",
        "vendor/inc/sub/any",
    ];
    let folder = checkout("").with("build.zig", build).with("n.c", c);
    let folder = folder.git(&["add", "-A"]);
    let folder = needed.iter().fold(folder, |folder, path| {
        let text = if path.ends_with("noext") {
            "#embed \"../once.data\"\n"
        } else {
            ""
        };
        folder.with(path, text)
    });
    let folder = folder
        .with("plain", "")
        .with("other/ext", "")
        .with("vendor/notes.txt", "");
    let found = files(&folder);
    let sdist = sdist(&found);
    for path in needed {
        assert!(sdist.contains(&path), "{path} is not in {sdist:?}");
    }
    for path in ["plain", "other/ext", "vendor/notes.txt"] {
        assert!(!sdist.contains(&path), "{path}");
    }
}
