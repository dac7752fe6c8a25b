//! The keys of `[tool.pyz3-wheel]` and their environment variables, from the tables of settings and keys. The examples
//! are those of tests/fixtures/settings, which tests give to the program.

use std::fmt::Write as _;

use pyz3_wheel::options::shape::{Key, Shape};
use pyz3_wheel::options::{Command, Fallback, Kind, Setting, keys, table};
use support::repo;

pub(super) fn markdown() -> String {
    let mut text = String::new();
    let examples = Examples::read();
    // What most readers look for comes first: the settings of a build.
    let (general, own): (Vec<&Setting>, Vec<&Setting>) = table::ALL
        .iter()
        .filter(|setting| !setting.key.is_some_and(|key| key.contains('.')))
        .partition(|setting| setting.commands.contains(&Command::Every));
    let mut settings: Vec<_> = own.into_iter().chain(general).collect();
    while let Some(first) = settings.first() {
        let heading = first.heading;
        let _ = writeln!(text, "## {}\n", heading.unwrap_or("Every command"));
        let of_heading = settings.extract_if(.., |setting| setting.heading == heading);
        for setting in of_heading.collect::<Vec<_>>() {
            setting_section(&mut text, setting, &examples);
        }
    }
    text.push_str("## The project\n\n");
    for key in keys::WITHOUT_OPTION {
        if table_of(key.shape).is_none() {
            key_section(&mut text, "", key, &examples);
        }
    }
    for key in keys::WITHOUT_OPTION {
        let Some((own, header)) = table_of(key.shape) else {
            continue;
        };
        let (open, name) = match header {
            Header::Table => ("", key.name.to_owned()),
            Header::Named => ("", format!("{}.NAME", key.name)),
            Header::Array => ("[", key.name.to_owned()),
        };
        let close = open.replace('[', "]");
        let _ = writeln!(
            text,
            "## `{open}[tool.pyz3-wheel.{name}]{close}`\n\n{}.\n",
            key.help
        );
        for own in own {
            let path = format!("{}.{}", key.name, own.name);
            let setting = table::ALL
                .iter()
                .find(|setting| setting.key == Some(path.as_str()));
            match setting {
                Some(setting) => setting_section(&mut text, setting, &examples),
                None => key_section(&mut text, &format!("{}.", key.name), own, &examples),
            }
        }
    }
    text
}

/// The anchor of the section about a key.
pub(super) fn anchor(key: &str) -> String {
    key.replace('.', "")
}

/// How a table of keys is spelled in pyproject.toml.
enum Header {
    Table,
    Named,
    Array,
}

/// The keys of a table of keys.
fn table_of(shape: Shape) -> Option<(&'static [Key], Header)> {
    match shape {
        Shape::Table(keys) => Some((keys, Header::Table)),
        Shape::Map {
            values: Shape::Table(keys),
            ..
        } => Some((keys, Header::Named)),
        Shape::Array(Shape::Table(keys)) => Some((keys, Header::Array)),
        _ => None,
    }
}

fn setting_section(text: &mut String, setting: &'static Setting, examples: &Examples) {
    let title = setting.key.unwrap_or(setting.name);
    let _ = writeln!(text, "### `{title}`\n\n{}.\n", setting.help);
    if setting.key.is_none() {
        text.push_str("- **Key:** none, because it decides where pyproject.toml is\n");
    }
    let _ = writeln!(text, "- **Type:** {}", kind(setting.shape()));
    let default = match setting.default {
        Fallback::None if setting.kind == Kind::Switch => "`false`".to_owned(),
        Fallback::None => "none".to_owned(),
        Fallback::Value(value) if setting.kind == Kind::Switch => format!("`{value}`"),
        Fallback::Value(value) => format!("`\"{value}\"`"),
        Fallback::Words(words) => words.to_owned(),
        Fallback::Reference(_) => "see [Zig and Python installations](toolchains.md)".to_owned(),
    };
    let _ = writeln!(text, "- **Default:** {default}");
    let opposite = setting.opposite.map(|(name, _)| name);
    let command = if setting.commands.contains(&Command::Every) {
        ""
    } else if setting.commands == [Command::Check] {
        "check"
    } else {
        "build"
    };
    let options: Vec<_> = std::iter::once(setting.name)
        .chain(opposite)
        .map(|name| format!("[`--{name}`](cli.md#{command}--{name})"))
        .collect();
    let _ = writeln!(text, "- **Option:** {}", options.join(", "));
    let variables: Vec<_> = setting
        .variables()
        .map(|name| format!("`{name}`"))
        .collect();
    let _ = writeln!(text, "- **Environment variable:** {}", variables.join(", "));
    text.push('\n');
    if let Some(key) = setting.key {
        let is_on = setting.default == Fallback::Value("true");
        example(text, key, setting.shape(), is_on, examples);
    }
}

fn key_section(text: &mut String, table: &str, key: &Key, examples: &Examples) {
    let path = format!("{table}{}", key.name);
    let _ = writeln!(text, "### `{path}`\n\n{}.\n", key.help);
    let _ = writeln!(text, "- **Type:** {}", kind(key.shape));
    if key.is_required {
        text.push_str("- **Required**\n");
    }
    text.push('\n');
    example(text, &path, key.shape, false, examples);
}

fn example(text: &mut String, path: &str, shape: Shape, is_on: bool, examples: &Examples) {
    let value = match shape {
        Shape::Boolean => toml::Value::Boolean(!is_on),
        _ => examples.of(path),
    };
    let _ = writeln!(text, "```toml\n{}```\n", written(path, value));
}

/// A table of pyproject.toml with nothing but this key.
fn written(path: &str, value: toml::Value) -> String {
    let mut parts: Vec<_> = ["tool", "pyz3-wheel"]
        .into_iter()
        .chain(path.split('.'))
        .collect();
    let key = parts.pop().unwrap();
    let in_table =
        |name: &str, value| toml::Value::Table(toml::Table::from_iter([(name.to_owned(), value)]));
    let mut table = in_table(key, value);
    for part in parts.into_iter().rev() {
        table = match part {
            "module" => in_table(part, toml::Value::Array(vec![table])),
            "platform" => in_table(part, in_table("linux-x86_64", table)),
            part => in_table(part, table),
        };
    }
    toml::to_string(&table).unwrap()
}

/// The type of a value in words.
fn kind(shape: Shape) -> String {
    match shape {
        Shape::Boolean => "boolean".to_owned(),
        Shape::False => "`false`".to_owned(),
        Shape::Integer => "positive integer".to_owned(),
        Shape::String { choices: [], .. } | Shape::AnyString => "string".to_owned(),
        Shape::String { choices, .. } => {
            let choices: Vec<_> = choices.iter().map(|one| format!("`\"{one}\"`")).collect();
            choices.join(", ")
        }
        Shape::Platform => "[platform](platforms.md#platforms)".to_owned(),
        Shape::Check => "[code of a check](../checks.md)".to_owned(),
        Shape::Array(items) | Shape::Set(items) => match kind(*items).as_str() {
            "string" => "list of strings".to_owned(),
            items => format!("list of: {items}"),
        },
        Shape::Table(_) => "table".to_owned(),
        Shape::Map { values, .. } => format!("table of: {}", kind(*values)),
        Shape::Either(shapes) => {
            let shapes: Vec<_> = shapes.iter().map(|one| kind(*one)).collect();
            shapes.join(", or ")
        }
    }
}

/// A value for each key.
struct Examples {
    tables: Vec<toml::Table>,
}

impl Examples {
    fn read() -> Self {
        let fixture = |name: &str| -> toml::Table {
            let path = repo().join("tests/fixtures/settings").join(name);
            toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
        };
        let rows = |file: &toml::Table, rows: &str, text: &str| -> Vec<toml::Table> {
            let rows = file[rows].as_array().unwrap().iter();
            rows.map(|row| {
                let text = row[text].as_str().unwrap();
                toml::from_str(&text.replace("[tool.pyz3-wheel.", "[")).unwrap()
            })
            .collect()
        };
        let mut tables = rows(&fixture("layers.toml"), "setting", "file");
        let accepted = fixture("accepted.toml");
        let accepted_tables = accepted["accepted"].as_array().unwrap().iter().map(|row| {
            let text = row["table"].as_str().unwrap();
            let text = text.replace("[tool.pyz3-wheel.", "[");
            toml::from_str(&text).unwrap()
        });
        tables.extend(accepted_tables);
        // Every test of the settings sets these itself.
        tables
            .push(toml::from_str("format = \"json\"\ncache-dir = \"/srv/pyz3-wheel\"\n").unwrap());
        Self { tables }
    }

    fn of(&self, path: &str) -> toml::Value {
        let found = self.tables.iter().find_map(|table| {
            let mut parts = path.split('.');
            let mut value = table.get(parts.next()?)?;
            for part in parts {
                value = match value {
                    toml::Value::Array(items) => items.first()?.get(part)?,
                    // `platform` has tables by name.
                    toml::Value::Table(table) => table.get(part).or_else(|| {
                        let named = table.values().find_map(|named| named.get(part));
                        named.filter(|_| path.starts_with("platform."))
                    })?,
                    _ => return None,
                };
            }
            let is_empty = value.as_array().is_some_and(Vec::is_empty);
            (!is_empty).then(|| value.clone())
        });
        found.unwrap_or_else(|| panic!("tests/fixtures/settings has no example of {path}"))
    }
}
