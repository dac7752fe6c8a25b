//! The values of pyproject.toml: tables whose every key and value knows where it stands.
//!
//! Gives typed values. What has the wrong type becomes a [`Problem`] beside the others; nothing is
//! given a default here and nothing is dropped.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::source::{Located, Source};
use crate::error::{Problem, did_you_mean, names_list};
use crate::metadata::check_line;
use crate::options::Place;

/// A table and its dotted name.
#[derive(Debug, Clone)]
pub(super) struct Table<'a> {
    source: &'a Source,
    name: String,
    rows: &'a DeTable<'a>,
    place: Place,
}

impl<'a> Table<'a> {
    /// The table that is the whole file.
    pub(super) fn outermost(source: &'a Source, table: &'a DeTable<'a>) -> Self {
        Self {
            source,
            name: String::new(),
            rows: table,
            place: source.place(0),
        }
    }

    /// The value of a key.
    pub(super) fn get(&self, key: &str) -> Option<Entry<'a>> {
        let row = self.rows.get_key_value(key)?;
        Some(entry(self.source, &self.name, row))
    }

    /// The table below a key, if there is one and it is a table.
    pub(super) fn table(&self, key: &str) -> Option<Self> {
        self.get(key)?.as_table()
    }

    /// All keys and values, in the order of the file.
    pub(super) fn entries(&self) -> impl Iterator<Item = Entry<'a>> + use<'a> {
        let (source, name) = (self.source, self.name.clone());
        let mut rows: Vec<_> = self.rows.iter().collect();
        rows.sort_by_key(|(key, _)| key.span().start);
        rows.into_iter().map(move |row| entry(source, &name, row))
    }

    /// A problem of the table itself.
    pub(super) fn problem(&self, message: impl AsRef<str>) -> Problem {
        Problem::new(format!("{}: {}", self.name, message.as_ref())).at(self.place)
    }

    /// Every key that is not `known` is a problem.
    pub(super) fn refuse_unknown(&self, known: &[&str], problems: &mut Vec<Problem>) {
        for entry in self.entries().filter(|entry| !known.contains(&entry.key)) {
            let list = names_list("known keys", known);
            let hint = did_you_mean(entry.key, known.iter().copied(), &list);
            problems.push(entry.problem("unknown key").hint(hint));
        }
    }
}

fn entry<'a>(
    source: &'a Source,
    table: &str,
    (key, value): (&'a Spanned<DeString<'a>>, &'a Spanned<DeValue<'a>>),
) -> Entry<'a> {
    Entry {
        source,
        name: dotted(table, key.get_ref()),
        key: key.get_ref(),
        span: key.span(),
        value: value.get_ref(),
    }
}

/// One value of a table or an array, with its name and place.
#[derive(Debug, Clone)]
pub(super) struct Entry<'a> {
    source: &'a Source,
    /// Its full dotted name.
    ///
    /// Ex) `project.urls.Home`, `project.authors[0]`
    pub(super) name: String,
    /// The last part of the name; of an array's item that of the array.
    pub(super) key: &'a str,
    span: Range<usize>,
    value: &'a DeValue<'a>,
}

impl<'a> Entry<'a> {
    /// Where the key is, or the item of an array.
    pub(super) fn place(&self) -> Place {
        self.source.place(self.span.start)
    }

    /// A problem with this value.
    pub(super) fn problem(&self, message: impl AsRef<str>) -> Problem {
        Problem::new(format!("{}: {}", self.name, message.as_ref())).at(self.place())
    }

    /// A problem that something else found in this value.
    pub(super) fn wrap(&self, mut problem: Problem) -> Problem {
        problem.message = format!("{}: {}", self.name, problem.message);
        problem.at(self.place())
    }

    /// The value with its place.
    pub(super) fn locate<T>(&self, value: T) -> Located<T> {
        Located {
            value,
            place: self.place(),
        }
    }

    /// The string, if it is one.
    pub(super) fn as_str(&self) -> Option<&'a str> {
        match self.value {
            DeValue::String(text) => Some(text.as_ref()),
            _ => None,
        }
    }

    /// The boolean, if it is one.
    pub(super) fn as_bool(&self) -> Option<bool> {
        self.value.as_bool()
    }

    /// The table, if it is one.
    pub(super) fn as_table(&self) -> Option<Table<'a>> {
        self.value.as_table().map(|table| Table {
            source: self.source,
            name: self.name.clone(),
            rows: table,
            place: self.place(),
        })
    }

    /// The items, if it is an array.
    pub(super) fn as_items(&self) -> Option<Vec<Self>> {
        let array = self.value.as_array()?;
        let items = array.iter().enumerate().map(|(i, item)| Self {
            source: self.source,
            name: format!("{}[{i}]", self.name),
            key: self.key,
            span: item.span(),
            value: item.get_ref(),
        });
        Some(items.collect())
    }

    /// The strings among the items, if it is an array; else none.
    pub(super) fn as_strings(&self) -> Vec<String> {
        let items = self.as_items().unwrap_or_default();
        let texts = items.iter().filter_map(Self::as_str);
        texts.map(str::to_owned).collect()
    }

    /// The string; anything else is a problem.
    pub(super) fn string(&self, problems: &mut Vec<Problem>) -> Option<&'a str> {
        self.typed(self.as_str(), "a string", problems)
    }

    /// The string, if it is a line that a header can hold; anything else is a problem.
    pub(super) fn line(&self, problems: &mut Vec<Problem>) -> Option<&'a str> {
        let text = self.string(problems)?;
        match check_line(text) {
            Ok(()) => Some(text),
            Err(problem) => {
                problems.push(self.wrap(problem));
                None
            }
        }
    }

    /// The boolean; anything else is a problem.
    pub(super) fn boolean(&self, problems: &mut Vec<Problem>) -> Option<bool> {
        self.typed(self.as_bool(), "true or false", problems)
    }

    /// The number, if it is positive and fits; anything else is a problem.
    pub(super) fn positive(&self, problems: &mut Vec<Problem>) -> Option<u32> {
        let number = self.value.as_integer().and_then(|integer| {
            let digits = integer.as_str();
            u32::from_str_radix(digits, integer.radix()).ok()
        });
        let positive = number.filter(|number| *number > 0);
        if self.value.is_integer() && positive.is_none() {
            problems.push(
                self.problem("must be a positive number that fits 32 bits")
                    .hint("give a number like 4, or remove the key"),
            );
            return None;
        }
        self.typed(positive, "a positive integer", problems)
    }

    /// The table; anything else is a problem.
    pub(super) fn table(&self, problems: &mut Vec<Problem>) -> Option<Table<'a>> {
        self.typed(self.as_table(), "a table", problems)
    }

    /// The items of the array; anything else is a problem.
    pub(super) fn items(&self, problems: &mut Vec<Problem>) -> Vec<Self> {
        self.typed(self.as_items(), "an array", problems)
            .unwrap_or_default()
    }

    /// The strings of the array, each with its own entry; anything else is a problem.
    pub(super) fn strings(&self, problems: &mut Vec<Problem>) -> Vec<(Self, &'a str)> {
        let mut strings = Vec::new();
        for item in self.items(problems) {
            if let Some(text) = item.string(problems) {
                strings.push((item, text));
            }
        }
        strings
    }

    /// The strings of the array as a program can be given them: one with a NUL is a problem, as is
    /// anything else.
    pub(super) fn arguments(&self, problems: &mut Vec<Problem>) -> Vec<String> {
        let mut values = Vec::new();
        for (item, text) in self.strings(problems) {
            if text.contains('\0') {
                problems.push(
                    item.problem("must not contain a NUL")
                        .hint("remove the character"),
                );
            } else {
                values.push(text.to_owned());
            }
        }
        values
    }

    fn typed<T>(&self, value: Option<T>, wanted: &str, problems: &mut Vec<Problem>) -> Option<T> {
        if value.is_none() {
            let found = match self.value {
                DeValue::String(_) => "a string",
                DeValue::Integer(_) => "an integer",
                DeValue::Float(_) => "a float",
                DeValue::Boolean(_) => "a boolean",
                DeValue::Datetime(_) => "a date",
                DeValue::Array(_) => "an array",
                DeValue::Table(_) => "a table",
            };
            let hint = match self.value {
                DeValue::Integer(_) | DeValue::Float(_) if wanted == "a string" => {
                    "put it in quotes".to_owned()
                }
                DeValue::String(text) if wanted == "an array" => format!("write [{text:?}]"),
                _ if wanted == "a table" => "write { key = \"value\" }".to_owned(),
                _ => format!("write {wanted}"),
            };
            problems.push(
                self.problem(format!("must be {wanted}, not {found}"))
                    .hint(hint),
            );
        }
        value
    }
}

/// Joins a key to the name of its table; quoted where TOML demands quotes.
fn dotted(table: &str, key: &str) -> String {
    let bare = !key.is_empty()
        && key
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    let key = if bare {
        key.to_owned()
    } else {
        format!("{key:?}")
    };
    if table.is_empty() {
        key
    } else {
        format!("{table}.{key}")
    }
}
