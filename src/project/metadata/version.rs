//! `[tool.pyz3-wheel.version]`: where a dynamic version comes from.

use std::path::Path;

use regex_lite::{Regex, RegexBuilder};

use super::dynamic::Slot;
use super::git::{self, Found};
use super::text_file::read_text;
use crate::error::Problem;
use crate::metadata::is_plain_relative;
use crate::metadata::values;
use crate::options::keys;
use crate::project::checkout;
use crate::project::entry::{Entry, Table};
use crate::project::places::Places;
use crate::project::zon;

const ZON: &str = "build.zig.zon";

/// `__version__ = "1.2.3"` or `VERSION = '1.2.3'` at the beginning of a line, also with a type.
const DEFAULT_PATTERN: &str =
    r#"^(?:__version__|VERSION)[ \t]*(?::[^=\n]*)?=[ \t]*(?:"([^"\n]*)"|'([^'\n]*)')"#;

/// The one place that a version comes from.
pub(super) struct VersionSource<'a> {
    /// The key that names it.
    entry: Entry<'a>,
    kind: Kind<'a>,
}

enum Kind<'a> {
    /// `file`, perhaps with `pattern`.
    Text(&'a str, Option<(Entry<'a>, Regex)>),
    /// `zon`, or a `file` that is one.
    Zon(&'a str),
    /// `git`
    Git,
}

impl<'a> VersionSource<'a> {
    /// Reads the table; what it names is not opened yet.
    pub(super) fn read(entry: &Entry<'a>, problems: &mut Vec<Problem>) -> Slot<Self> {
        Slot::read(entry, problems, Self::of_table)
    }

    fn of_table(table: &Table<'a>, problems: &mut Vec<Problem>) -> Option<Self> {
        table.refuse_unknown(&keys::names(keys::VERSION), problems);
        let mut sources = Vec::new();
        let pattern = table.get("pattern").map(|entry| {
            let regex = entry.string(problems).map(compile);
            let regex = regex.and_then(|regex| match regex {
                Ok(regex) => Some(regex),
                Err(problem) => {
                    problems.push(entry.wrap(problem));
                    None
                }
            });
            (entry, regex)
        });
        for key in ["file", "zon", "git"] {
            let Some(entry) = table.get(key) else {
                continue;
            };
            let kind = if key == "file" {
                file(&entry, problems).map(|name| match &pattern {
                    None if Path::new(name).extension().is_some_and(|e| e == "zon") => {
                        Kind::Zon(name)
                    }
                    None => Kind::Text(name, None),
                    Some((entry, regex)) => {
                        Kind::Text(name, regex.clone().map(|regex| (entry.clone(), regex)))
                    }
                })
            } else {
                match entry.boolean(problems) {
                    // As if it were not there.
                    Some(false) => continue,
                    Some(true) if key == "zon" => Some(Kind::Zon(ZON)),
                    Some(true) => Some(Kind::Git),
                    None => None,
                }
            };
            sources.push((entry, kind));
        }
        if let Some((entry, _)) = &pattern
            && table.get("file").is_none()
        {
            problems.push(
                entry
                    .problem("has no effect without file")
                    .hint("add the file to search, or remove the pattern"),
            );
        }
        if sources.len() != 1 {
            let named: Vec<_> = sources.iter().map(|(entry, _)| entry.key).collect();
            let message = if named.is_empty() {
                "names no source".to_owned()
            } else {
                format!(
                    "has {}, but a version has only one source",
                    named.join(" and ")
                )
            };
            problems.push(
                table
                    .problem(message)
                    .hint("give exactly one of file = \"…\", zon = true and git = true"),
            );
            return None;
        }
        let (entry, kind) = sources.pop()?;
        Some(Self { entry, kind: kind? })
    }

    /// Finds the version.
    pub(super) fn resolve(&self, root: &Path, notes: &mut Vec<String>) -> Result<Found, Problem> {
        let boundary = checkout::boundary(root);
        let read = |name: &str| {
            read_text(&root.join(name), &boundary).map_err(|message| {
                self.entry.problem(message).hint(if self.entry.key == "zon" {
                    "write build.zig.zon beside pyproject.toml, or give another source: file or git"
                } else {
                    "name a text file in UTF-8, relative to pyproject.toml"
                })
            })
        };
        match &self.kind {
            Kind::Git => {
                let mut found =
                    git::version(root, notes).map_err(|problem| self.entry.wrap(problem))?;
                found.untagged = found.untagged.map(|problem| self.entry.wrap(problem));
                Ok(found)
            }
            Kind::Zon(name) => {
                let text = read(name)?;
                let (offset, version) = zon::version(&text).ok_or_else(|| {
                    self.entry
                        .problem(format!("`{name}` has no .version"))
                        .hint("add .version = \"0.1.0\" to it")
                })?;
                at_place(version, name, &text, offset)
            }
            Kind::Text(name, pattern) => {
                let text = read(name)?;
                let default;
                let regex = if let Some((_, regex)) = pattern {
                    regex
                } else {
                    default = build(DEFAULT_PATTERN).map_err(|why| self.entry.problem(why))?;
                    &default
                };
                // The default pattern has a group for each kind of quote.
                let found = regex
                    .captures(&text)
                    .and_then(|captures| captures.iter().skip(1).flatten().next());
                match (found, pattern) {
                    (Some(found), _) => at_place(found.as_str(), name, &text, found.start()),
                    (None, Some((entry, _))) => Err(entry
                        .problem(format!("finds nothing in `{name}`"))
                        .hint("`^` and `$` stand for the ends of a line; the group for the version")),
                    (None, None) => Err(self
                        .entry
                        .problem(format!(
                            "`{name}` has no line like __version__ = \"1.2.3\" or VERSION = \"1.2.3\""
                        ))
                        .hint(
                            "add one, or say what the line looks like, as \
                             pattern = '^version = \"(.+)\"$'",
                        )),
                }
            }
        }
    }
}

/// A version that was found in a file: what is wrong with it is wrong there.
fn at_place(version: &str, name: &str, text: &str, offset: usize) -> Result<Found, Problem> {
    values::check_version(version)
        .map(Found::from)
        .map_err(|problem| problem.at(Places::new(text).name(name, text, offset)))
}

fn file<'a>(entry: &Entry<'a>, problems: &mut Vec<Problem>) -> Option<&'a str> {
    let name = entry.line(problems)?;
    if is_plain_relative(name) {
        return Some(name);
    }
    problems.push(
        entry
            .problem(format!("`{name}` is not a file below the project's root"))
            .hint("write it relative to pyproject.toml with `/`, like \"src/hello/__init__.py\""),
    );
    None
}

/// A pattern with exactly one group.
fn compile(pattern: &str) -> Result<Regex, Problem> {
    let regex = build(pattern).map_err(|error| {
        Problem::new(format!("is not a regular expression: {error}"))
            .hint("write it in single quotes, like '^version = \"(.+)\"$'")
    })?;
    match regex.captures_len() - 1 {
        1 => Ok(regex),
        0 => Err(Problem::new("has no group")
            .hint("put parentheses around what is the version, as '^version = \"(.+)\"$'")),
        count => Err(Problem::new(format!(
            "has {count} groups, but only one can be the version"
        ))
        .hint("write the others as (?:…)")),
    }
}

fn build(pattern: &str) -> Result<Regex, String> {
    let mut builder = RegexBuilder::new(pattern);
    let regex = builder.multi_line(true).crlf(true).build();
    regex.map_err(|error| error.to_string())
}
