//! `project.license` and `project.license-files` (PEP 639, and the tables of before).

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};

use super::fields::checked;
use super::text_file::{read_file, read_text, unix_lines};
use crate::error::Problem;
use crate::metadata::spdx_expression;
use crate::project::entry::{Entry, Table};
use crate::project::{checkout, walk};

/// What the project says about its licence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum License {
    /// An SPDX expression, normalised: `License-Expression`.
    Expression(String),
    /// Any text: `License`.
    Text(String),
}

/// A licence file, which goes into the wheel.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LicenseFile {
    /// Where it is.
    pub source: PathBuf,
    /// Its place below `.dist-info/licenses/`, which is its path in the project, with `/`.
    pub path: String,
}

/// The patterns that hold where the project gives none.
const DEFAULT_PATTERNS: [&str; 4] = ["LICEN[CS]E*", "COPYING*", "NOTICE*", "AUTHORS*"];

/// Reads `project.license`.
pub(super) fn read(
    root: &Path,
    entry: &Entry<'_>,
    problems: &mut Vec<Problem>,
    notes: &mut Vec<String>,
) -> Option<License> {
    let Some(table) = entry.as_table() else {
        if entry.as_str().is_none() {
            problems.push(
                entry
                    .problem("must be an SPDX expression, or a table of file or text")
                    .hint("write an SPDX expression, such as license = \"MIT\""),
            );
            return None;
        }
        let mut own = Vec::new();
        let expression = checked(entry, problems, |text| {
            spdx_expression::normalize(text, &mut own)
        });
        notes.extend(own.iter().map(|note| format!("{}: {note}", entry.place())));
        return expression.map(License::Expression);
    };
    table.refuse_unknown(&["file", "text"], problems);
    let text = match (table.get("file"), table.get("text")) {
        (Some(file), None) => read_file(root, &file, problems)?,
        (None, Some(text)) => text.string(problems)?.to_owned(),
        (file, _) => {
            let both = if file.is_some() {
                "both file and"
            } else {
                "neither file nor"
            };
            problems.push(
                entry
                    .problem(format!("has {both} text"))
                    .hint("write an SPDX expression, such as license = \"MIT\""),
            );
            return None;
        }
    };
    let text = unix_lines(&text);
    let breaks = |c: char| {
        (c.is_control() && !matches!(c, '\n' | '\t')) || matches!(c, '\u{2028}' | '\u{2029}')
    };
    if text.trim().is_empty() || text.contains(breaks) {
        problems.push(
            entry
                .problem("must be a text without control characters")
                .hint("write an SPDX expression, such as license = \"MIT\""),
        );
        return None;
    }
    Some(License::Text(text.trim().to_owned()))
}

/// Notes classifiers that say again what an SPDX expression says. PEP 639 lets tools refuse the pair;
/// indexes take it, and so many projects have it that we do too.
pub(super) fn check_together(
    license: Option<&License>,
    table: &Table<'_>,
    notes: &mut Vec<String>,
) {
    if !matches!(license, Some(License::Expression(_))) {
        return;
    }
    let entry = table.get("classifiers");
    for item in entry.and_then(|entry| entry.as_items()).unwrap_or_default() {
        if let Some(classifier) = item.as_str().filter(|text| text.starts_with("License ::")) {
            notes.push(format!(
                "{}: `{classifier}` says again what project.license says, and is deprecated (PEP 639)",
                item.place()
            ));
        }
    }
}

/// Where licence files are looked for.
pub(super) struct Search<'r> {
    /// The project's folder.
    pub(super) root: &'r Path,
    /// The output folder, which holds none.
    pub(super) output: &'r Path,
    /// Where links may lead to.
    pub(super) boundary: PathBuf,
}

impl Search<'_> {
    /// The files that `license-files` names, or the default patterns; sorted, each once.
    pub(super) fn files(
        &self,
        project: &Table<'_>,
        problems: &mut Vec<Problem>,
        notes: &mut Vec<String>,
    ) -> Vec<LicenseFile> {
        let Some(entry) = project.get("license-files") else {
            return self.default_files(notes);
        };
        if project.table("license").is_some() {
            problems.push(
                entry
                    .problem("cannot be combined with a license that is a table (PEP 639)")
                    .hint("write license as an SPDX expression, like license = \"MIT\""),
            );
        }
        let mut found = BTreeSet::new();
        for item in entry.items(problems) {
            let Some(pattern) = item.line(problems) else {
                continue;
            };
            match self.matching(pattern) {
                Err(problem) => problems.push(item.wrap(problem)),
                Ok(files) if files.is_empty() && self.root.join(pattern).is_symlink() => problems
                    .push(
                        item.problem(format!("`{pattern}` {}", self.wrong_link()))
                            .hint("put the file itself there: a wheel and an sdist hold no links"),
                    ),
                Ok(files) if files.is_empty() => problems.push(
                    item.problem(format!("`{pattern}` matches no file"))
                        .hint("name files of the project relative to pyproject.toml, with `/`"),
                ),
                Ok(files) => {
                    for file in files {
                        match read_text(&file.source, &self.boundary) {
                            Ok(_) => _ = found.insert(file),
                            Err(message) => problems.push(
                                item.problem(message)
                                    .hint("license files must be text in UTF-8 (PEP 639)"),
                            ),
                        }
                    }
                }
            }
        }
        found.into_iter().collect()
    }

    fn default_files(&self, notes: &mut Vec<String>) -> Vec<LicenseFile> {
        let mut found = BTreeSet::new();
        for pattern in DEFAULT_PATTERNS {
            found.extend(self.matching(pattern).unwrap_or_default());
        }
        self.note_wrong_links(&found, notes);
        for file in &found {
            if let Err(message) = read_text(&file.source, &self.boundary) {
                notes.push(format!("{message}; license files should be (PEP 639)"));
            }
        }
        found.into_iter().collect()
    }

    /// Tells of links that have the name of a licence file and lead to none that may be packed.
    fn note_wrong_links(&self, found: &BTreeSet<LicenseFile>, notes: &mut Vec<String>) {
        let matchers: Vec<_> = DEFAULT_PATTERNS
            .iter()
            .filter_map(|pattern| compile(pattern).ok())
            .collect();
        let mut names: Vec<_> = std::fs::read_dir(self.root)
            .into_iter()
            .flatten()
            .flatten()
            .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_symlink()))
            .filter(|entry| !entry.path().is_dir())
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter(|name| matchers.iter().any(|matcher| matcher.is_match(name)))
            .filter(|name| found.iter().all(|file| file.path != *name))
            .collect();
        names.sort();
        notes.extend(names.iter().map(|name| {
            let wrong = self.wrong_link();
            format!("`{name}` {wrong}, so the wheel does not have it; put the file itself there")
        }));
    }

    fn wrong_link(&self) -> String {
        let boundary = checkout::name_of(&self.boundary);
        format!("is a link that leads to nothing, out of {boundary} or to credentials")
    }

    fn matching(&self, pattern: &str) -> Result<Vec<LicenseFile>, Problem> {
        let matcher = compile(pattern)?;
        let depth = if pattern.contains("**") {
            None
        } else {
            Some(pattern.split('/').count())
        };
        let files = walk::own_files(self.root, &self.boundary, self.output, depth);
        let files = files.filter_map(|source| {
            let path = relative(self.root, &source).filter(|path| matcher.is_match(path))?;
            let real = walk::canonical(&source).ok()?;
            checkout::may_publish(&real, &self.boundary).then_some(LicenseFile { source, path })
        });
        Ok(files.collect())
    }
}

/// The path below the root with `/`, if every system can have such a path.
fn relative(root: &Path, path: &Path) -> Option<String> {
    let below: PathBuf = path.strip_prefix(root).ok()?.to_owned();
    let parts: Option<Vec<_>> = below
        .iter()
        .map(|part| {
            part.to_str()
                .filter(|part| !part.contains(char::is_control))
        })
        .collect();
    parts.map(|parts| parts.join("/"))
}

/// A pattern of PEP 639: `*`, `?`, `**` and `[…]` beside plain characters.
fn compile(pattern: &str) -> Result<GlobMatcher, Problem> {
    let refused = |why: &str| {
        Problem::new(format!("`{pattern}` {why}"))
            .hint("patterns have letters, digits, `_-./`, `*`, `?`, `**` and `[…]` (PEP 639)")
    };
    let plain = |c: char| c.is_alphanumeric() || "_-./*?[]".contains(c);
    if let Some(c) = pattern.chars().find(|c| !plain(*c)) {
        return Err(refused(&format!("has the character `{c}`")));
    }
    if pattern.starts_with('/') || pattern.split('/').any(|part| part == "..") {
        return Err(refused("leads out of the project"));
    }
    GlobBuilder::new(pattern)
        .literal_separator(true)
        .backslash_escape(false)
        .build()
        .map(|glob| glob.compile_matcher())
        .map_err(|error| refused(&format!("is not a pattern: {}", error.kind())))
}
