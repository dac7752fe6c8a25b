//! `pyz3-wheel explain`: explains a check or a topic.

use super::session::Outcome;
use crate::audit::Code;
use crate::compile::remedies::guide::{self, Section};
use crate::error::{Error, Problem, did_you_mean};
use crate::report::Explained;

/// Explains one check or topic, or lists all of them.
pub(super) fn run(name: Option<&str>) -> Outcome {
    let explained = match name {
        Some(name) => explained(name)?,
        None => Explained::All,
    };
    Ok(Box::new(explained))
}

fn explained(name: &str) -> Result<Explained, Error> {
    if let Ok(code) = name.parse::<Code>() {
        return Ok(Explained::One(code));
    }
    let sections = guide::sections();
    if let Some(section) = sections.iter().find(|section| section.name == name) {
        return Ok(Explained::Topic(Section::clone(section)));
    }
    let checks = Code::ALL.iter().map(|code| code.name());
    let topics = sections.iter().map(|section| section.name.as_str());
    let list = "`pyz3-wheel explain` lists all checks and topics";
    let hint = did_you_mean(name, checks.chain(topics), list);
    Err(Error::config(
        Problem::new(format!("unknown check or topic `{name}`")).hint(hint),
    ))
}
