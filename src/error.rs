//! The outermost error: what kind it is, everything that was found wrong, and the exit code.
//!
//! A stage collects [`Problem`]s and gives them all at once, so that an input with three mistakes
//! costs its author one run and not three.

use std::fmt;
use std::path::Path;

/// What went wrong, as far as the exit code is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorKind {
    /// At least one build failed; the others were carried out. Exit code 1.
    Build,
    /// Wrong usage, or a wrong or missing project file. Exit code 2.
    Config,
    /// There was nothing to do. Exit code 3.
    Nothing,
    /// A binary or a wheel is not what its tag promises. Exit code 4.
    Audit,
    /// A failure of the machine: a file that cannot be read or written, a tool that cannot be run.
    /// Exit code 1.
    System,
    /// Stopped by Ctrl-C or SIGTERM. Exit code 130.
    Interrupted,
}

impl ErrorKind {
    /// The exit code of the process; these numbers are an interface.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Build | Self::System => 1,
            Self::Config => 2,
            Self::Nothing => 3,
            Self::Audit => 4,
            Self::Interrupted => 130,
        }
    }
}

/// One thing that is wrong: what, where, and what to do next.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Problem {
    /// What is wrong, lowercase, without a full stop.
    pub message: String,
    /// Where: `pyproject.toml:12:3`, a path, a job's name or an option.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// What to do next; may have several lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl Problem {
    /// A problem with neither a place nor a hint yet.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            place: None,
            hint: None,
        }
    }

    /// Says where the problem is.
    #[must_use]
    pub fn at(mut self, place: impl fmt::Display) -> Self {
        self.place = Some(place.to_string());
        self
    }

    /// Says what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        f.write_str(&self.message)
    }
}

/// An error of pyz3-wheel: a kind and all its problems, of which there is at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    problems: Vec<Problem>,
}

impl Error {
    /// One problem.
    pub fn new(kind: ErrorKind, problem: Problem) -> Self {
        Self {
            kind,
            problems: vec![problem],
        }
    }

    /// A wrong usage or configuration with one problem.
    pub fn config(problem: Problem) -> Self {
        Self::new(ErrorKind::Config, problem)
    }

    /// A failure of the machine with one problem.
    pub fn system(problem: Problem) -> Self {
        Self::new(ErrorKind::System, problem)
    }

    /// `Ok` if there are no problems, else all of them as one error.
    pub fn check(kind: ErrorKind, problems: Vec<Problem>) -> Result<()> {
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Self { kind, problems })
        }
    }

    /// The same error with more problems, each of them once.
    #[must_use]
    pub fn with(mut self, more: Vec<Problem>) -> Self {
        for problem in more {
            if !self.problems.contains(&problem) {
                self.problems.push(problem);
            }
        }
        self
    }

    /// What kind of error this is.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Everything that is wrong.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Takes the error apart to collect its problems with others.
    pub fn into_problems(self) -> Vec<Problem> {
        self.problems
    }

    /// Changes every text of every problem.
    #[must_use]
    pub fn map_text(mut self, change: impl Fn(&str) -> String) -> Self {
        for problem in &mut self.problems {
            problem.message = change(&problem.message);
            problem.place = problem.place.as_deref().map(&change);
            problem.hint = problem.hint.as_deref().map(&change);
        }
        self
    }

    /// Adds lines to what can be done about the last problem.
    #[must_use]
    pub fn hint(mut self, more: &str) -> Self {
        if let Some(problem) = self.problems.last_mut() {
            let hint = problem.hint.take();
            problem.hint = Some(hint.map_or(more.to_owned(), |hint| format!("{hint}\n{more}")));
        }
        self
    }

    /// Says where, for every problem that does not say it itself.
    #[must_use]
    pub fn at(mut self, place: &Path) -> Self {
        for problem in &mut self.problems {
            problem
                .place
                .get_or_insert_with(|| place.display().to_string());
        }
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.problems.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
            for line in problem.hint.iter().flat_map(|hint| hint.lines()) {
                write!(f, "\n  hint: {line}")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

/// `fs_err` names the path in the message, so an I/O error is a problem as it stands.
impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::system(Problem::new(error.to_string()))
    }
}

/// An internal failure with its chain of contexts.
impl From<anyhow::Error> for Error {
    fn from(error: anyhow::Error) -> Self {
        match error.downcast::<Self>() {
            Ok(own) => own,
            Err(other) => Self::system(Problem::new(format!("{other:#}"))),
        }
    }
}

/// The result of everything that can fail here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A problem with a text that must be one of a few names. The hint lists the names.
///
/// Ex) ``unknown format `jsn` ``, `did you mean json? known formats: human, json`
pub(crate) fn unknown(what: &str, text: &str, known: &[&str]) -> Problem {
    let list = names_list(&format!("known {what}s"), known);
    let hint = did_you_mean(text, known.iter().copied(), &list);
    Problem::new(format!("unknown {what} `{text}`")).hint(hint)
}

/// The longest list of names that follows a suggestion. A longer one would hide it.
const LONGEST_LIST: usize = 100;

/// How wide the lines of a longer list are, so that they fit 80 columns with their indentation.
const WIDEST_LINE: usize = 68;

/// The names in one line, or in several lines below the title.
pub(crate) fn names_list(title: &str, names: &[&str]) -> String {
    let line = format!("{title}: {}", names.join(", "));
    if line.len() <= LONGEST_LIST {
        return line;
    }
    let mut lines = vec![format!("{title}:")];
    let mut current = String::from("   ");
    for (index, name) in names.iter().enumerate() {
        let comma = if index + 1 < names.len() { "," } else { "" };
        if current.len() + name.len() > WIDEST_LINE {
            lines.push(std::mem::replace(&mut current, String::from("   ")));
        }
        current.extend([" ", name, comma]);
    }
    lines.push(current);
    lines.join("\n")
}

/// A hint that suggests the most similar name, if one is similar, and says what the names are.
pub(crate) fn did_you_mean<'a>(
    text: &str,
    known: impl IntoIterator<Item = &'a str>,
    list: &str,
) -> String {
    match nearest(text, known) {
        Some(name) if list.len() > LONGEST_LIST => format!("did you mean {name}?"),
        Some(name) => format!("did you mean {name}? {list}"),
        None => list.to_owned(),
    }
}

/// The most similar of the known names, if one is similar enough to be meant. A text that is the beginning of
/// several names means the first of them: the most common names come first.
pub(crate) fn nearest<'a>(text: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let text = text.to_lowercase();
    let similar = known.into_iter().filter_map(|name| {
        let lower = name.to_lowercase();
        let score = strsim::jaro_winkler(&text, &lower);
        let is_longer = lower != text && lower.starts_with(&text);
        // Below 1, the score of the same text.
        let rank = if is_longer { 0.999 } else { score };
        (score > 0.8).then_some((rank, name))
    });
    let better = |best: (f64, _), other: (f64, _)| if other.0 > best.0 { other } else { best };
    similar.reduce(better).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::Platform;

    #[test]
    fn unknown_names_get_a_suggestion_and_the_list() {
        let problem = unknown("format", "Jsn", &["human", "json"]);
        assert_eq!(problem.message, "unknown format `Jsn`");
        let hint = "did you mean json? known formats: human, json";
        assert_eq!(problem.hint.as_deref(), Some(hint));
        let problem = unknown("format", "yaml", &["human", "json"]);
        assert_eq!(problem.hint.as_deref(), Some("known formats: human, json"));
    }

    #[test]
    fn the_beginning_of_several_names_means_the_first() {
        let platforms = Platform::ALL.map(Platform::name);
        for (text, meant) in [
            ("windows", "windows-x64"),
            ("linux", "linux-x86_64"),
            ("musllinux", "musllinux-x86_64"),
            ("windows-x68", "windows-x86"),
            ("LINUX-I686", "linux-i686"),
        ] {
            assert_eq!(nearest(text, platforms), Some(meant), "{text}");
        }
        assert_eq!(nearest("name", ["names", "name"]), Some("name"));
        assert_eq!(nearest("w", platforms), None);
    }
}
