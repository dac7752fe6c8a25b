//! `[tool.pyz3-wheel.install]`: where files that build.zig installs go in the wheel.

use globset::{GlobBuilder, GlobMatcher};

use crate::error::Problem;
use crate::metadata::is_plain_relative;
use crate::project::entry::Entry;

/// One line of the table.
#[derive(Debug, Clone)]
pub struct InstallRule {
    /// What is installed, below the prefix: a file, a folder, or a pattern.
    ///
    /// Ex) `share/hello`, `share/*.json`
    pub from: String,
    /// Where it goes in the wheel; `None` for what is left out on purpose.
    to: Option<Destination>,
    pattern: Option<GlobMatcher>,
}

impl PartialEq for InstallRule {
    fn eq(&self, other: &Self) -> bool {
        (&self.from, &self.to) == (&other.from, &other.to)
    }
}

impl Eq for InstallRule {}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Destination {
    /// Without a `/` at its end; empty for the outermost folder of the wheel.
    path: String,
    is_folder: bool,
}

/// What a rule says of an installed file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InstallTarget {
    /// It goes there in the wheel.
    Wheel(String),
    /// It is left out.
    Nowhere,
}

impl InstallRule {
    /// Reads a line of the table.
    pub(super) fn read(entry: &Entry<'_>, problems: &mut Vec<Problem>) -> Option<Self> {
        let before = problems.len();
        let from = entry.key.trim_end_matches('/');
        if !is_plain_relative(from) {
            problems.push(
                entry
                    .problem("is not a path below the prefix that build.zig installs to")
                    .hint("write it relative to zig-out with `/`, like \"share/hello\""),
            );
        }
        let pattern =
            is_pattern(from).then(|| GlobBuilder::new(from).literal_separator(true).build());
        let pattern = match pattern.transpose() {
            Ok(pattern) => pattern.map(|glob| glob.compile_matcher()),
            Err(error) => {
                problems.push(
                    entry
                        .problem(format!("is not a pattern: {}", error.kind()))
                        .hint("write a path with `*`, like \"share/hello/*.json\""),
                );
                None
            }
        };
        let to = match entry.as_bool() {
            Some(false) => None,
            Some(true) => {
                problems.push(
                    entry
                        .problem("must be a path in the wheel, or false")
                        .hint("write the place, like \"hello/data\""),
                );
                None
            }
            None => Some(Destination::read(entry, problems)?),
        };
        (problems.len() == before).then(|| Self {
            from: from.to_owned(),
            to,
            pattern,
        })
    }

    /// What the rule says of a file, by its path below the prefix; `None` if it is not meant.
    pub fn target(&self, path: &str) -> Option<InstallTarget> {
        let below = if let Some(pattern) = &self.pattern {
            if !pattern.is_match(path) {
                return None;
            }
            let from = self.from.split('/').take_while(|part| !is_pattern(part));
            let parts = path.split('/').skip(from.count());
            parts.collect::<Vec<_>>().join("/")
        } else if path == self.from {
            let name = path.rsplit('/').next().unwrap_or(path);
            return Some(self.place(name, true));
        } else {
            path.strip_prefix(&self.from)?.strip_prefix('/')?.to_owned()
        };
        Some(self.place(&below, false))
    }

    fn place(&self, below: &str, is_the_file: bool) -> InstallTarget {
        let Some(to) = &self.to else {
            return InstallTarget::Nowhere;
        };
        InstallTarget::Wheel(if is_the_file && !to.is_folder {
            to.path.clone()
        } else if to.path.is_empty() {
            below.to_owned()
        } else {
            format!("{}/{below}", to.path)
        })
    }
}

impl Destination {
    fn read(entry: &Entry<'_>, problems: &mut Vec<Problem>) -> Option<Self> {
        let text = entry.string(problems)?;
        if text == "." || text == "./" {
            return Some(Self {
                path: String::new(),
                is_folder: true,
            });
        }
        let path = text.trim_end_matches('/');
        if !is_plain_relative(path) {
            problems.push(
                entry
                    .problem(format!("`{text}` is not a path in the wheel"))
                    .hint("write it with `/`, like \"hello/data\"; \".\" is the outermost folder"),
            );
            return None;
        }
        Some(Self {
            path: path.to_owned(),
            is_folder: text.ends_with('/'),
        })
    }
}

fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?', '[', '{'])
}
