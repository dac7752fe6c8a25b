//! Checks the pyproject.toml of a source distribution: what installers read before they build it.
//!
//! Sources: PEP 517, PEP 518, PEP 621.

use toml::{Table, Value};

use super::name::SdistName;
use crate::audit::code::Code;
use crate::audit::finding::Finding;
use crate::tags::DistributionName;

/// Checks that the file can be read, that it says what a build requires, and that it declares the name and the
/// version of the file name.
pub(super) fn judge(bytes: &[u8], name: &SdistName) -> Vec<Finding> {
    let refuse = |actual: String| Finding::new(Code::SdistPyproject, actual);
    let Ok(text) = std::str::from_utf8(bytes) else {
        return vec![refuse("is not UTF-8".to_owned())];
    };
    let table = match text.parse::<Table>() {
        Ok(table) => table,
        Err(error) => return vec![refuse(format!("is not valid TOML: {}", error.message()))],
    };
    let mut findings = Vec::new();
    if let Some(system) = table.get("build-system") {
        let is_list = |value: &Value| {
            let list = value.as_array();
            list.is_some_and(|list| list.iter().all(Value::is_str))
        };
        match system.get("requires") {
            None => findings.push(refuse("has [build-system] without `requires`".to_owned())),
            Some(requires) if !is_list(requires) => {
                findings.push(refuse(
                    "has a `requires` that is not a list of strings".to_owned(),
                ));
            }
            Some(_) => {}
        }
    }
    let project = |key: &str| table.get("project")?.get(key)?.as_str();
    let differs = |key: &str, own: &str, other: &str| {
        refuse(format!("has the {key} {own}")).promised(format!("the file name has {other}"))
    };
    if let Some(own) = project("name")
        && own.parse::<DistributionName>().ok() != name.name.parse().ok()
    {
        findings.push(differs("name", own, &name.name));
    }
    if let Some(own) = project("version")
        && own.parse::<pep440_rs::Version>().ok() != name.version.parse().ok()
    {
        findings.push(differs("version", own, &name.version));
    }
    findings
}
