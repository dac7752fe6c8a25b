//! Commands as lines that a user can paste into a shell.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::process::Command;

/// The command as a line for a POSIX shell, in a subshell so that the user's directory stays the same. The
/// line sets the variables whose values differ from those of this process.
///
/// Ex) `(cd /home/me/hello && env NO_COLOR=1 /opt/zig/zig build --prefix '/tmp/a b')`
pub(crate) fn line(command: &Command) -> String {
    let mut words = vec![Cow::Borrowed("env")];
    let inherited = |name: &OsStr| std::env::var_os(name);
    let changed = command
        .get_envs()
        .filter(|(name, value)| inherited(name).as_deref() != *value);
    let (set, removed): (Vec<_>, Vec<_>) = changed.partition(|(_, value)| value.is_some());
    for (name, _) in removed {
        words.extend([Cow::Borrowed("-u"), word(name)]);
    }
    for (name, value) in set {
        let value = value.unwrap_or_default();
        words.push(assignment(name, value, inherited(name).as_deref()));
    }
    if words.len() == 1 {
        words.clear();
    }
    words.push(word(command.get_program()));
    words.extend(command.get_args().map(word));
    let line = words.join(" ");
    match command.get_current_dir() {
        Some(folder) => format!("(cd {} && {line})", word(folder.as_os_str())),
        None => line,
    }
}

/// The word that sets a variable. What a value like that of PATH adds in front of the user's own value is
/// written as that.
fn assignment<'a>(name: &OsStr, value: &OsStr, inherited: Option<&OsStr>) -> Cow<'a, str> {
    let (name, text) = (name.to_string_lossy(), value.to_string_lossy());
    let own = inherited.map(OsStr::to_string_lossy).unwrap_or_default();
    let added = text
        .strip_suffix(&*own)
        .filter(|added| cfg!(unix) && name == "PATH" && !own.is_empty() && added.ends_with(':'));
    Cow::Owned(match added {
        Some(added) => format!("{name}={}\"$PATH\"", quote(added)),
        None => quote(&format!("{name}={text}")).into_owned(),
    })
}

/// A path or another text as one word.
///
/// Ex) `/tmp/a`, `'/tmp/a b'`
pub(crate) fn word<T: AsRef<OsStr> + ?Sized>(text: &T) -> Cow<'_, str> {
    match text.as_ref().to_string_lossy() {
        Cow::Borrowed(text) => quote(text),
        Cow::Owned(text) => Cow::Owned(quote(&text).into_owned()),
    }
}

/// The text as one word. After the name of a command `=` has no meaning for the shell.
fn quote(text: &str) -> Cow<'_, str> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:,@%+=".contains(&byte);
    if !text.is_empty() && text.bytes().all(is_plain) {
        Cow::Borrowed(text)
    } else {
        shell_words::quote(text)
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_shell_runs_the_line_as_the_command() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("with 'quotes' and $signs");
        fs_err::create_dir(&place).unwrap();
        let path = std::env::var("PATH").unwrap();
        let mut command = Command::new("sh");
        command
            .args([
                "-c",
                "pwd; echo \"$A|$PATH|${HOME-none}|$*\"",
                "sh",
                "a b",
                "*",
                "",
            ])
            .current_dir(&place)
            .env("A", "x\ny'z\"$(false)")
            .env("PATH", format!("/added here:{path}"))
            .env("LANG", std::env::var_os("LANG").unwrap_or_default())
            .env_remove("HOME");
        let line = line(&command);
        assert!(line.contains("'/added here:'\"$PATH\""), "{line}");
        assert_eq!(
            line.contains("LANG"),
            std::env::var_os("LANG").is_none(),
            "{line}"
        );
        let direct = command.output().unwrap();
        let pasted = Command::new("sh").arg("-c").arg(&line).output().unwrap();
        assert_eq!(
            String::from_utf8_lossy(&pasted.stdout),
            String::from_utf8_lossy(&direct.stdout)
        );
        assert!(pasted.status.success());
    }

    #[test]
    fn a_command_without_changes_is_only_its_words() {
        assert_eq!(line(Command::new("zig").arg("build")), "zig build");
    }
}
