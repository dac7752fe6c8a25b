//! What the wheel of pyz3-wheel has besides the program: man pages and the completions of shells.
//!
//! `src/data` has these files, because they are packed before there is a program that could print them.
//! `PYZ3_UPDATE_DOCS=1 cargo test --test cli shipped::` writes them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap_complete::Shell;
use pyz3_wheel::cli::args::Args;
use pyz3_wheel::cli::completions::script;

use support::{need, pyz3, repo, run};

/// The folder that an installer unpacks into the root of an environment.
fn shipped() -> PathBuf {
    repo().join("src/data/data")
}

/// The shells whose completions have a place in an environment.
const SHELLS: [(Shell, &str); 3] = [
    (Shell::Bash, "share/bash-completion/completions/pyz3-wheel"),
    (Shell::Zsh, "share/zsh/site-functions/_pyz3-wheel"),
    (
        Shell::Fish,
        "share/fish/vendor_completions.d/pyz3-wheel.fish",
    ),
];

/// Each file and its content.
fn generated() -> BTreeMap<String, String> {
    let folder = tempfile::tempdir().unwrap();
    clap_mangen::generate_to(Args::definition(), folder.path()).unwrap();
    let pages = std::fs::read_dir(folder.path()).unwrap().map(|page| {
        let page = page.unwrap();
        let text = std::fs::read_to_string(page.path()).unwrap();
        let name = page.file_name().into_string().unwrap();
        (format!("share/man/man1/{name}"), text)
    });
    let completions = SHELLS.map(|(shell, path)| (path.to_owned(), script(shell)));
    pages.chain(completions).collect()
}

/// The files below a folder.
fn files(folder: &Path) -> Vec<String> {
    let entries = walkdir::WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter();
    let files = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file());
    let names = files.map(|file| {
        let below = file.path().strip_prefix(folder).unwrap();
        below.to_str().unwrap().replace('\\', "/")
    });
    names.collect()
}

#[test]
fn man_pages_and_completions_are_those_of_the_program() {
    let generated = generated();
    assert!(generated.contains_key("share/man/man1/pyz3-wheel-check.1"));
    if std::env::var_os("PYZ3_UPDATE_DOCS").is_some() {
        for (path, text) in &generated {
            let file = shipped().join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
    }
    assert_eq!(
        files(&shipped()),
        generated.keys().cloned().collect::<Vec<_>>()
    );
    for (path, text) in &generated {
        let found = std::fs::read_to_string(shipped().join(path)).unwrap();
        assert!(
            found.replace("\r\n", "\n") == *text,
            "{path} is out of date: run the tests with PYZ3_UPDATE_DOCS=1"
        );
    }
}

#[test]
fn the_program_prints_what_is_shipped() {
    for (shell, path) in SHELLS {
        let printed = pyz3(["completions", &shell.to_string()]).exits(0).stdout;
        let file = std::fs::read_to_string(shipped().join(path)).unwrap();
        assert_eq!(printed, file.replace("\r\n", "\n"), "{shell}");
    }
    let printed = pyz3(["completions", "powershell"]).exits(0).stdout;
    assert!(printed.contains("Register-ArgumentCompleter"), "{printed}");
}

/// What was typed, and candidates that the shell must offer.
const TYPED: [(&str, &[&str]); 5] = [
    ("pyz3-wheel doct", &["doctor"]),
    ("pyz3-wheel cache pr", &["prune"]),
    (
        "pyz3-wheel build --all-p",
        &["--all-platforms", "--all-pythons"],
    ),
    (
        "pyz3-wheel build --optimize Release",
        &["ReleaseFast", "ReleaseSafe", "ReleaseSmall"],
    ),
    (
        "pyz3-wheel build --platform windows-",
        &["windows-x64", "windows-arm64"],
    ),
];

fn offers(shell: &str, offered: impl Fn(&str) -> String) {
    for (typed, wanted) in TYPED {
        let offered = offered(typed);
        let words: Vec<_> = offered.split_whitespace().collect();
        for word in wanted {
            assert!(words.contains(word), "{shell}: {typed}: {offered}");
        }
    }
}

/// A file with the completions of a shell, as it is shipped.
#[cfg(unix)]
fn completions(shell: Shell) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("_pyz3-wheel");
    std::fs::write(&file, script(shell)).unwrap();
    let path = file.display().to_string();
    (folder, path)
}

#[cfg(unix)]
#[test]
fn bash_offers_subcommands_options_and_values() {
    let bash = need!(
        which::which("bash").ok(),
        "completions in bash: bash is missing"
    );
    let (_folder, completions) = completions(Shell::Bash);
    offers("bash", |typed| {
        // What bash does when Tab is pressed.
        let code = "source \"$1\"
            function=$(complete -p pyz3-wheel | sed 's/.*-F \\([^ ]*\\).*/\\1/')
            read -ra COMP_WORDS <<<\"$2\"
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            \"$function\" pyz3-wheel \"${COMP_WORDS[-1]}\" \"${COMP_WORDS[-2]}\"
            printf '%s\\n' \"${COMPREPLY[@]}\"";
        let mut command = Command::new(&bash);
        command.args(["--norc", "-c", code, "bash", &completions, typed]);
        run(&mut command).exits(0).stdout
    });
}

#[cfg(unix)]
#[test]
fn zsh_completes_what_is_typed() {
    let zsh = need!(
        which::which("zsh").ok(),
        "completions in zsh: zsh is missing"
    );
    let (home, completions) = completions(Shell::Zsh);
    for (typed, completed) in [
        ("pyz3-wheel doct", "doctor"),
        ("pyz3-wheel cache pr", "cache prune"),
        ("pyz3-wheel build --no-fre", "build --no-free-threaded"),
        ("pyz3-wheel build --optimize De", "build --optimize Debug"),
        ("pyz3-wheel explain wrong-mach", "explain wrong-machine"),
    ] {
        // A terminal, in which Tab and Enter are pressed.
        let code = "zmodload zsh/zpty
            zpty shell zsh -f -i
            zpty -w shell 'PROMPT=; autoload -U compinit; compinit -u -D'
            zpty -w shell \"source ${(q)1}\"
            zpty -w shell 'pyz3-wheel() { print -r -- \"<$*>\" }; print ready'
            zpty -r shell said '*ready*ready*'
            zpty -w -n shell \"$2\"$'\\t\\n'
            zpty -r shell said '*<*>*'
            print -r -- $said
            zpty -d shell";
        let mut command = Command::new(&zsh);
        command.args(["-f", "-c", code, "zsh", &completions, typed]);
        let ran = run(command.env("HOME", home.path()).env("TERM", "dumb")).exits(0);
        let wanted = format!("<{completed}");
        assert!(ran.stdout.contains(&wanted), "{typed}: {ran:#?}");
    }
}

#[cfg(unix)]
#[test]
fn fish_offers_subcommands_options_and_values() {
    let fish = need!(
        which::which("fish").ok(),
        "completions in fish: fish is missing"
    );
    let (home, completions) = completions(Shell::Fish);
    offers("fish", |typed| {
        let mut command = Command::new(&fish);
        let code = "source $argv[1]; complete -C $argv[2]";
        command.args(["--no-config", "-c", code, &completions, typed]);
        run(command.env("HOME", home.path())).exits(0).stdout
    });
}

#[cfg(unix)]
#[test]
fn man_shows_the_pages() {
    let man = need!(which::which("man").ok(), "man pages: man is missing");
    let pages = shipped().join("share/man");
    for (page, text) in [
        ("pyz3-wheel", "EXIT CODES"),
        ("pyz3-wheel-check", "--index-url"),
        ("pyz3-wheel-cache-prune", "--older-than"),
    ] {
        let mut command = Command::new(&man);
        command
            .env("MANWIDTH", "100")
            .env("MANPAGER", "cat")
            .env("LC_ALL", "C");
        let ran = run(command.arg("--manpath").arg(&pages).arg(page));
        if ran.stdout.contains("has been minimized") {
            support::skip("man pages: this system has been minimized");
            return;
        }
        let ran = ran.exits(0);
        // Bold letters are typed over each other.
        let plain: Vec<_> = ran.stdout.split('\u{8}').collect();
        let plain = plain.join("");
        assert!(
            plain.to_uppercase().contains(&text.to_uppercase()),
            "{page}: {ran:#?}"
        );
    }
}
