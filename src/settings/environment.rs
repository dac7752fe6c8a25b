//! Environment variables that look like settings of this program, but are not.

use std::ffi::OsString;

use crate::error::{Problem, nearest};
use crate::options::{OTHER_VARIABLES, VARIABLE_PREFIX, table};

/// A warning for each variable that has the prefix of this program's variables and that it does not know. An
/// unknown variable is not an error, because another version of the program in the same CI may know it.
pub fn unknown_variables(names: impl IntoIterator<Item = OsString>) -> Vec<Problem> {
    let settings = table::ALL.iter().map(|setting| setting.variable());
    let known: Vec<_> = settings.chain(OTHER_VARIABLES.map(str::to_owned)).collect();
    let names = names.into_iter().filter_map(|name| name.into_string().ok());
    // Windows ignores the case of the names.
    let names = names.map(|name| {
        if cfg!(windows) {
            name.to_uppercase()
        } else {
            name
        }
    });
    let mut unknown: Vec<_> = names
        .filter(|name| name.starts_with(VARIABLE_PREFIX) && !known.contains(name))
        .collect();
    unknown.sort();
    unknown.iter().map(|name| warning(name, &known)).collect()
}

fn warning(name: &str, known: &[String]) -> Problem {
    // With the prefix, which all of them have, every name would be similar to every other one.
    let rest = |name: &str| name.trim_start_matches(VARIABLE_PREFIX).to_owned();
    let known: Vec<_> = known.iter().map(|name| rest(name)).collect();
    let meant = nearest(&rest(name), known.iter().map(String::as_str));
    let hint = match meant {
        Some(meant) => format!("did you mean {VARIABLE_PREFIX}{meant}?"),
        None => "`pyz3-wheel --help` says how the variables are named".to_owned(),
    };
    Problem::new(format!(
        "the environment variable {name} is unknown and has no effect"
    ))
    .hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_variables_are_reported_with_a_suggestion() {
        let warnings = |names: &[&str]| unknown_variables(names.iter().map(OsString::from));
        let said = warnings(&[
            "PYZ3_WHEEL_OUTPUT",
            "PYZ3_WHEEL_JOB",
            "PYZ3_WHEEL_XYZZY",
            "HOME",
            "PYZ3_OPTIMIZE",
        ]);
        let expected = [
            ("JOB", "did you mean PYZ3_WHEEL_JOBS?"),
            ("OUTPUT", "did you mean PYZ3_WHEEL_OUTPUT_DIR?"),
            (
                "XYZZY",
                "`pyz3-wheel --help` says how the variables are named",
            ),
        ];
        let expected = expected.map(|(name, hint)| {
            let what = "is unknown and has no effect";
            Problem::new(format!("the environment variable PYZ3_WHEEL_{name} {what}")).hint(hint)
        });
        assert_eq!(said, expected);
        let known = table::ALL.iter().map(|setting| setting.variable().into());
        assert!(unknown_variables(known).is_empty());
        assert!(warnings(&["PYZ3_WHEEL_REBUILD", "PYZ3_WHEEL_LOG"]).is_empty());
    }
}
