//! The table of options in the reference, made from the table of settings.

use std::fmt::Write as _;

use crate::options::{Fallback, Kind, Setting, table};

/// A row for each setting, in Markdown.
pub fn options_markdown() -> String {
    let mut text = String::from(
        "| option | environment variable | key in `[tool.pyz3-wheel]` | default |\n|---|---|---|---|\n",
    );
    // What most readers look for comes first: the options of a build.
    let (build, general): (Vec<&Setting>, Vec<&Setting>) =
        table::ALL.iter().partition(|setting| !setting.is_general());
    for setting in build.into_iter().chain(general) {
        let variable = setting.variable();
        let other_variables = setting.other_variables.iter().copied();
        let variables: Vec<_> = std::iter::once(variable.as_str())
            .chain(other_variables)
            .map(code)
            .collect();
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} |",
            options(setting),
            variables.join(", "),
            setting.key.map(code).unwrap_or_default(),
            default(setting),
        );
    }
    text
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

fn options(setting: &Setting) -> String {
    let mut option = format!("--{}", setting.name);
    if !setting.value_name.is_empty() {
        option.extend([" ", setting.value_name]);
    }
    let short = setting.short.map(|short| format!("-{short}"));
    let opposite = setting.opposite.map(|(name, _)| format!("--{name}"));
    let options: Vec<_> = [Some(option), short, opposite]
        .iter()
        .flatten()
        .map(|option| code(option))
        .collect();
    options.join(", ")
}

fn default(setting: &Setting) -> String {
    match setting.default {
        Fallback::None => String::new(),
        Fallback::Value("true") if setting.kind == Kind::Switch => "on".to_owned(),
        Fallback::Value(_) if setting.kind == Kind::Switch => "off".to_owned(),
        Fallback::Value(value) => code(value),
        Fallback::Words(words) | Fallback::Reference(words) => words.to_owned(),
    }
}
