//! Options, subcommands and variables of maturin, cibuildwheel and other tools that people type out of habit,
//! with the way to say the same here.

use std::ffi::{OsStr, OsString};

use crate::error::Problem;

/// Options of other tools, each with what to type instead.
const OPTIONS: &[(&[&str], &str)] = &[
    (
        &["-i", "--interpreter"],
        "name the Python with --python, for example --python 3.12",
    ),
    (
        &["-f", "--find-interpreter"],
        "--all-pythons builds for every Python of this machine",
    ),
    (
        &["-r", "--release"],
        "wheels are built with optimization by default; --optimize chooses another mode",
    ),
    (
        &["--debug", "--dev"],
        "--optimize Debug builds without optimization",
    ),
    (
        &["--profile"],
        "--optimize chooses Debug, ReleaseSafe, ReleaseFast or ReleaseSmall",
    ),
    (
        &["--strip"],
        "the build script decides: .strip = true in the options of b.createModule",
    ),
    (
        &["--target", "--arch", "--archs"],
        "name the platform with --platform, for example --platform aarch64-unknown-linux-gnu",
    ),
    (
        &["--compatibility", "--auditwheel"],
        "set the lowest glibc with --manylinux, for example --manylinux 2_28",
    ),
    (
        &["--universal2"],
        "name the platform: --platform macos-universal2",
    ),
    (
        &["--only"],
        "name one platform and one Python, for example --platform win_amd64 --python cp312",
    ),
    (
        &["--out", "--outdir", "-d", "-w", "--wheel-dir"],
        "name the directory with --output-dir",
    ),
    (
        &["-m", "--manifest-path", "--directory", "--config-file"],
        "name the project's folder: -C DIR",
    ),
    (
        &["--sdist"],
        "`pyz3-wheel sdist` writes the sdist; --from-sdist builds the wheels from it",
    ),
    (
        &["-e"],
        "`pyz3-wheel develop` installs the project in editable mode",
    ),
    (
        &[
            "--features",
            "-F",
            "--no-default-features",
            "--cargo-extra-args",
            "--zig-args",
        ],
        "pass arguments to `zig build` with extra-args in [tool.pyz3-wheel]",
    ),
    (
        &["--no-isolation", "-n"],
        "builds need no isolated environment here: leave it out",
    ),
];

/// Subcommands of other tools, each with what to type instead.
const SUBCOMMANDS: &[(&[&str], &str)] = &[
    (
        &["new", "create", "setup", "start"],
        "`pyz3-wheel init NAME` creates a project",
    ),
    (
        &["generate-ci"],
        "`pyz3-wheel init --ci NAME` creates a project with a GitHub workflow",
    ),
    (
        &["publish", "upload"],
        "check the files and upload them with another tool:\n    pyz3-wheel check dist\n    uv publish",
    ),
    (
        &["list", "ls"],
        "`pyz3-wheel platforms` and `pyz3-wheel pythons` list what wheels can be built for",
    ),
    (
        &["list-python", "list-pythons", "interpreters"],
        "`pyz3-wheel pythons` lists the Pythons of this machine",
    ),
    (
        &["targets", "list-targets", "list-platforms"],
        "`pyz3-wheel platforms` lists the platforms",
    ),
    (
        &["install", "editable", "dev"],
        "`pyz3-wheel develop` builds the project and installs it in editable mode",
    ),
    (
        &["wheel", "compile", "bdist_wheel", "package", "pack"],
        "`pyz3-wheel build` builds the wheels",
    ),
    (
        &["audit", "repair", "lint", "verify", "show", "validate"],
        "`pyz3-wheel check` checks wheels and sdists, and `check --fix` corrects what can be corrected",
    ),
    (
        &["clean"],
        "`pyz3-wheel build --clean` builds the project from scratch, and `pyz3-wheel cache clean` empties the cache",
    ),
    (
        &["test", "run"],
        "install the project with `pyz3-wheel develop`, then run the tests:\n    python -m pytest",
    ),
    (&["version"], "`pyz3-wheel --version` prints the version"),
    (
        &["config", "settings"],
        "`pyz3-wheel --dry-run` shows every setting and where it comes from",
    ),
];

fn find(habits: &[(&[&str], &'static str)], word: &str) -> Option<&'static str> {
    let mut habits = habits.iter();
    let (_, ours) = habits.find(|(words, _)| words.contains(&word))?;
    Some(ours)
}

/// What to type instead of an option of another tool.
pub(super) fn of_option(word: &str) -> Option<&'static str> {
    find(OPTIONS, word)
}

/// What to type instead of a subcommand of another tool.
pub(super) fn of_subcommand(word: &str) -> Option<&'static str> {
    find(SUBCOMMANDS, word)
}

/// A warning about variables of cibuildwheel, which select nothing here. Within cibuildwheel they are its own.
pub(super) fn of_cibuildwheel(
    variables: impl IntoIterator<Item = (OsString, OsString)>,
) -> Option<Problem> {
    let variables: Vec<_> = variables.into_iter().collect();
    if variables.iter().any(|(name, _)| name == "CIBUILDWHEEL") {
        return None;
    }
    let set = variables.iter().filter(|(_, value)| !value.is_empty());
    let names = set.filter_map(|(name, _)| OsStr::to_str(name));
    let mut names: Vec<_> = names.filter(|name| name.starts_with("CIBW_")).collect();
    names.sort_unstable();
    (!names.is_empty()).then(|| {
        let problem = Problem::new(format!(
            "variables of cibuildwheel have no effect: {}",
            names.join(", ")
        ));
        problem.hint(
            "choose with --platform and --python, or with build and skip in [tool.cibuildwheel] of pyproject.toml",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::Args;

    #[test]
    fn no_habit_is_one_of_our_own_words() {
        let command = Args::definition();
        for word in SUBCOMMANDS.iter().flat_map(|(words, _)| *words) {
            assert!(command.find_subcommand(word).is_none(), "{word}");
        }
        let own = |command: &clap::Command| -> Vec<String> {
            let long = command.get_arguments().filter_map(clap::Arg::get_long);
            let short = command.get_arguments().filter_map(clap::Arg::get_short);
            let long = long.map(|name| format!("--{name}"));
            long.chain(short.map(|name| format!("-{name}"))).collect()
        };
        let build = command.find_subcommand("build").unwrap();
        let ours = [own(&command), own(build)].concat();
        for word in OPTIONS.iter().flat_map(|(words, _)| *words) {
            assert!(!ours.iter().any(|own| own == word), "{word}");
        }
        // What the advice names exists.
        for (words, advice) in OPTIONS.iter().chain(SUBCOMMANDS) {
            for word in advice.split([' ', '`', ',', ';', ':']) {
                let is_option = word.starts_with("--") && word != "--version" && word != "--ci";
                if is_option && word != "--fix" {
                    assert!(ours.iter().any(|own| own == word), "{words:?}: {word}");
                }
            }
            for name in advice.split("`pyz3-wheel ").skip(1) {
                let name = name.split([' ', '`']).next().unwrap();
                let is_known = name.starts_with('-') || command.find_subcommand(name).is_some();
                assert!(is_known, "{words:?}: {name}");
            }
        }
    }

    #[test]
    fn variables_of_cibuildwheel_are_reported_outside_of_it() {
        let set = |names: &[&str]| {
            let pairs: Vec<_> = names.iter().map(|name| (name.into(), "x".into())).collect();
            of_cibuildwheel(pairs)
        };
        assert_eq!(set(&["HOME"]), None);
        assert_eq!(set(&["CIBW_BUILD", "CIBUILDWHEEL"]), None);
        let warning = set(&["CIBW_SKIP", "CIBW_BUILD"]).unwrap();
        assert!(
            warning.message.ends_with(": CIBW_BUILD, CIBW_SKIP"),
            "{warning}"
        );
    }
}
