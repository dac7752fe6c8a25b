//! Environment variables that look like settings of this program, but are not.

use std::ffi::OsString;

use crate::error::did_you_mean;
use crate::options::{OTHER_VARIABLES, VARIABLE_PREFIX, table};

/// A note for each variable that begins as those of this program do and that it does not know. That is not
/// an error, because another version may know it.
pub fn unknown_variables(names: impl IntoIterator<Item = OsString>) -> Vec<String> {
    let known: Vec<_> = table::ALL.iter().map(|setting| setting.variable()).collect();
    let known: Vec<_> = known.iter().map(String::as_str).chain(OTHER_VARIABLES).collect();
    let names = names.into_iter().filter_map(|name| name.into_string().ok());
    // Windows does not distinguish the case of their names.
    let names = names.map(|name| if cfg!(windows) { name.to_uppercase() } else { name });
    let mut unknown: Vec<_> = names
        .filter(|name| name.starts_with(VARIABLE_PREFIX) && !known.contains(&name.as_str()))
        .collect();
    unknown.sort();
    let described = unknown.iter().map(|name| {
        let hint = did_you_mean(
            name,
            known.iter().copied(),
            "docs/distribution.md lists the variables",
        );
        format!("unknown environment variable {name} is ignored; {hint}")
    });
    described.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_variables_are_noted_with_a_suggestion() {
        let notes = |names: &[&str]| unknown_variables(names.iter().map(OsString::from));
        assert_eq!(
            notes(&["PYZ3_WHEEL_OUTPUT", "PYZ3_WHEEL_JOB", "HOME", "PYZ3_OPTIMIZE"])
                .iter()
                .map(|note| note.split(" lists").next().unwrap())
                .collect::<Vec<_>>(),
            [
                "unknown environment variable PYZ3_WHEEL_JOB is ignored; did you mean PYZ3_WHEEL_JOBS? docs/distribution.md",
                "unknown environment variable PYZ3_WHEEL_OUTPUT is ignored; did you mean PYZ3_WHEEL_OUTPUT_DIR? docs/distribution.md",
            ]
        );
        let known = table::ALL.iter().map(|setting| OsString::from(setting.variable()));
        assert!(unknown_variables(known).is_empty());
        assert!(notes(&["PYZ3_WHEEL_REBUILD", "PYZ3_WHEEL_LOG"]).is_empty());
    }
}
