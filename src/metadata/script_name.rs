//! Names of commands: installers make a file of each in the folder of programs, `bin` or `Scripts`.
//!
//! One rule for the projects that are built and for the wheels that are checked.

use super::archive_path::{LONGEST_NAME, PathFault};

/// Why a command cannot have a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ScriptNameFault {
    /// The name is not the name of a file, or leads to another folder.
    #[error("{0}")]
    Path(#[from] PathFault),
    /// The name has a character that PyPI refuses.
    #[error("it has `{}`; only letters, digits, -, _ and . are allowed", .0.escape_debug())]
    Character(char),
    /// The name is longer than a file's name may be.
    #[error("it is longer than file systems allow")]
    TooLong,
    /// Every environment has a file of this name.
    #[error("it would replace an environment's own file `{0}`")]
    Environment(String),
}

impl ScriptNameFault {
    /// What is wrong with the name of a command.
    pub(crate) fn of(name: &str) -> Option<Self> {
        if let Some(fault) = PathFault::of(name) {
            return Some(Self::Path(fault));
        }
        let is_allowed = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
        if let Some(wrong) = name.chars().find(|c| !is_allowed(*c)) {
            return Some(Self::Character(wrong));
        }
        // On Windows the file is called NAME.exe.
        if name.len() + ".exe".len() > LONGEST_NAME {
            return Some(Self::TooLong);
        }
        is_of_environment(name).then(|| Self::Environment(name.to_owned()))
    }
}

/// Whether a file of this name in the folder of programs replaces one that belongs to the environment:
/// an interpreter or a script that activates it.
///
/// uv refuses the names of interpreters; pip replaces the file.
pub(crate) fn is_of_environment(name: &str) -> bool {
    let name = name.to_lowercase();
    // Installers on Windows write NAME.exe for `NAME`, `NAME.exe` and `NAME.py`.
    let stem = [".exe", ".py", ".pyw"]
        .into_iter()
        .find_map(|ending| name.strip_suffix(ending))
        .unwrap_or(&name);
    let first = stem.split('.').next().unwrap_or(stem);
    matches!(first, "activate" | "deactivate" | "activate_this") || is_interpreter(stem)
}

/// Ex) `python`, `python3.13t`, `pythonw`, `pypy3`
fn is_interpreter(stem: &str) -> bool {
    let names = ["pythonw", "python", "pypyw", "pypy", "graalpy"];
    let version = names.into_iter().find_map(|name| stem.strip_prefix(name));
    version.is_some_and(|version| {
        let number = version.strip_suffix(['t', 'd']).unwrap_or(version);
        version.is_empty() || (!number.is_empty() && is_number(number))
    })
}

fn is_number(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// Whether a command of this name takes the place of an environment's pip.
///
/// Ex) `pip`, `pip3.13`
pub(crate) fn is_pip(name: &str) -> bool {
    let name = name.to_lowercase();
    let stem = name.strip_suffix(".exe").unwrap_or(&name);
    stem.strip_prefix("pip").is_some_and(is_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_named_like_a_file_beside_those_of_the_environment() {
        for name in [
            "hello",
            "hello-world_2.0",
            "grüße",
            "-x",
            "pip",
            "pip3",
            "pip3.13",
            "pydoc",
            "python-config",
            "python3-config",
            "pythonista",
            "pypyr",
            "pythond",
            "activate-global-python-argcomplete",
            "ipython3",
            "hello.exe",
            "hello.py",
        ] {
            assert_eq!(ScriptNameFault::of(name), None, "{name}");
        }
        for name in [
            "",
            ".",
            "..",
            "...",
            "../../evil",
            "/etc/evil",
            "a/b",
            "..\\evil",
            "a\\b",
            "C:evil",
            "C:",
            "a:stream",
            "\u{1b}[31mx",
            "a\nb",
            "a\u{202e}b",
            "a\u{2066}b",
            "a\u{200b}b",
            "a\u{2028}b",
            "nul",
            "NUL.txt",
            "con.txt",
            "Com1",
            "a.",
            "a ",
            " a",
            "a b",
            "a*b",
            "a|b",
            "a=b",
            "python",
            "Python",
            "PYTHON3",
            "python2",
            "python3.13",
            "python3.13t",
            "python3.exe",
            "python.EXE",
            "python.py",
            "pythonw",
            "pythonw.exe",
            "pypy",
            "pypy3.10",
            "activate",
            "Activate.ps1",
            "activate.fish",
            "activate_this.py",
            "deactivate",
            "deactivate.bat",
        ] {
            assert!(ScriptNameFault::of(name).is_some(), "{name:?}");
        }
        assert_eq!(ScriptNameFault::of(&"a".repeat(251)), None);
        for length in [252, 256, 5000] {
            assert!(ScriptNameFault::of(&"a".repeat(length)).is_some());
        }
        assert!(is_pip("pip3.13") && is_pip("PIP.exe") && !is_pip("pipx"));
    }
}
