//! `project.readme`: the long description and its content type.

use std::path::Path;

use super::dynamic::Slot;
use super::fields::checked;
use super::pkg_info::PkgInfo;
use super::text_file::{read_file, read_text, unix_lines};
use crate::error::Problem;
use crate::options::keys;
use crate::project::checkout;
use crate::project::entry::{Entry, Table};

/// The long description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Readme {
    /// Ex) `text/markdown`
    pub(super) content_type: String,
    /// With `\n` at the ends of lines.
    pub(super) text: String,
}

impl Readme {
    /// A description with its line ends made the same on every system.
    pub(super) fn new(content_type: String, text: &str) -> Self {
        Self {
            content_type,
            text: unix_lines(text),
        }
    }
}

/// Reads the readme: a file's name, or a table of `file` or `text` with `content-type`.
pub(super) fn read(root: &Path, entry: &Entry<'_>, problems: &mut Vec<Problem>) -> Option<Readme> {
    let Some(table) = entry.as_table() else {
        if entry.as_str().is_none() {
            problems.push(
                entry
                    .problem("must be the name of a file, or a table")
                    .hint("write readme = \"README.md\""),
            );
            return None;
        }
        let content_type = checked(entry, problems, content_type_of_name);
        let text = of_sdist(root, entry).or_else(|| read_file(root, entry, problems));
        return Some(Readme::new(content_type?, &text?));
    };
    table.refuse_unknown(&["file", "text", "content-type"], problems);
    let content_type = read_content_type(&table, problems);
    let text = match (table.get("file"), table.get("text")) {
        (Some(file), None) => of_sdist(root, &file).or_else(|| read_file(root, &file, problems)),
        (None, Some(text)) => text.string(problems).map(str::to_owned),
        (file, _) => {
            let both = if file.is_some() {
                "both file and"
            } else {
                "neither file nor"
            };
            problems.push(
                entry
                    .problem(format!("has {both} text"))
                    .hint("give exactly one of them"),
            );
            None
        }
    };
    Some(Readme::new(content_type?, &text?))
}

/// The long description from the PKG-INFO of an unpacked sdist, where the key names a file outside the
/// project: an sdist cannot have that file.
fn of_sdist(root: &Path, file: &Entry<'_>) -> Option<String> {
    let leads_out = file.as_str()?.split('/').any(|part| part == "..");
    if !leads_out || !checkout::is_unpacked_sdist(root) {
        return None;
    }
    let text = read_text(&root.join("PKG-INFO"), root).ok()?;
    let info = PkgInfo::parse(&text, root).ok()?;
    Some(info.body().to_owned())
}

/// `[tool.pyz3-wheel.readme]`: the files that a dynamic readme is made of.
pub(super) struct ReadmeSource<'a> {
    files: Vec<Entry<'a>>,
    content_type: String,
}

impl<'a> ReadmeSource<'a> {
    /// Reads the table; the files are not opened yet.
    pub(super) fn read(entry: &Entry<'a>, problems: &mut Vec<Problem>) -> Slot<Self> {
        Slot::read(entry, problems, Self::of_table)
    }

    fn of_table(table: &Table<'a>, problems: &mut Vec<Problem>) -> Option<Self> {
        const HINT: &str = "write files = [\"README.md\", \"CHANGELOG.md\"]";
        table.refuse_unknown(&keys::names(keys::README), problems);
        let Some(entry) = table.get("files") else {
            problems.push(table.problem("has no files").hint(HINT));
            return None;
        };
        let files = entry.items(problems);
        if entry.as_items().is_some_and(|items| items.is_empty()) {
            problems.push(entry.problem("must not be empty").hint(HINT));
        }
        let given = table.get("content-type");
        let mut content_type = given
            .as_ref()
            .and_then(|entry| checked(entry, problems, check_content_type));
        for file in &files {
            if given.is_some() {
                file.line(problems);
                continue;
            }
            let own = checked(file, problems, content_type_of_name);
            match (&content_type, own) {
                (None, own) => content_type = own,
                (Some(first), Some(own)) if *first != own => problems.push(
                    file.problem(format!("is {own}, but the files before it are {first}"))
                        .hint("name files of one kind, or say which kind they are: content-type"),
                ),
                _ => {}
            }
        }
        let content_type = content_type?;
        Some(Self {
            files,
            content_type,
        })
    }

    /// The texts of the files with a blank line between each two.
    pub(super) fn resolve(&self, root: &Path, problems: &mut Vec<Problem>) -> Option<Readme> {
        let texts: Vec<_> = self
            .files
            .iter()
            .map(|file| read_file(root, file, problems))
            .collect();
        let texts: Option<Vec<_>> = texts.into_iter().collect();
        let texts: Vec<_> = texts?.iter().map(|text| unix_lines(text)).collect();
        let parts: Vec<_> = texts.iter().map(|text| text.trim_end()).collect();
        let text = format!("{}\n", parts.join("\n\n"));
        Some(Readme::new(self.content_type.clone(), &text))
    }
}

fn content_type_of_name(name: &str) -> Result<String, Problem> {
    let ending = Path::new(name)
        .extension()
        .and_then(|ending| ending.to_str());
    match ending.map(str::to_ascii_lowercase).as_deref() {
        Some("md") => Ok("text/markdown".to_owned()),
        Some("rst") => Ok("text/x-rst".to_owned()),
        Some("txt") => Ok("text/plain".to_owned()),
        _ => Err(
            Problem::new(format!("the content type of `{name}` is not known"))
                .hint("use .md, .rst or .txt, or give the content-type in a table beside it"),
        ),
    }
}

fn read_content_type(table: &Table<'_>, problems: &mut Vec<Problem>) -> Option<String> {
    let Some(entry) = table.get("content-type") else {
        problems.push(
            table
                .problem("has no content-type")
                .hint("add content-type = \"text/markdown\", \"text/x-rst\" or \"text/plain\""),
        );
        return None;
    };
    checked(&entry, problems, check_content_type)
}

/// A content type that package indexes take, as it is.
pub(super) fn check_content_type(text: &str) -> Result<String, Problem> {
    let mut parts = text.split(';').map(str::trim);
    let mime = parts.next().unwrap_or_default().to_ascii_lowercase();
    let known_type = ["text/markdown", "text/x-rst", "text/plain"].contains(&mime.as_str());
    let known_parameters = parts.all(|parameter| {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let value = value.trim().trim_matches('"');
        match name.trim().to_ascii_lowercase().as_str() {
            "charset" => value.eq_ignore_ascii_case("utf-8"),
            "variant" => mime == "text/markdown" && ["GFM", "CommonMark"].contains(&value),
            _ => false,
        }
    });
    if known_type && known_parameters {
        Ok(text.to_owned())
    } else {
        Err(Problem::new(format!(
            "`{text}` is not a content type that package indexes take"
        ))
        .hint(
            "write \"text/markdown\", \"text/x-rst\" or \"text/plain\", with \
                     \"; charset=UTF-8\" or \"; variant=GFM\" if need be",
        ))
    }
}
