//! Arguments that are wrong: told by clap to people, as a document to programs.

use std::ffi::OsString;
use std::process::ExitCode;

use crate::error::{Error, Problem, Result};
use crate::report::{self, Format};
use crate::settings;

/// Tells what is wrong, or the help that was asked for.
pub(super) fn report(misuse: &clap::Error, typed: &[OsString]) -> Result<ExitCode> {
    let is_wrong = misuse.use_stderr();
    if !is_wrong {
        misuse.exit();
    }
    if !wants_json(typed) {
        report::misuse(&misuse.render());
        return Ok(ExitCode::from(2));
    }
    let error = Error::config(problem(misuse));
    report::came_to_nothing(&error, Format::Json)?;
    Ok(ExitCode::from(error.kind().exit_code()))
}

/// Whether JSON is wanted, as far as can be told of arguments that can't be read.
pub(super) fn wants_json(typed: &[OsString]) -> bool {
    let mut pairs = typed.windows(2);
    typed.iter().any(|word| word == "--format=json")
        || pairs.any(|pair| pair == ["--format", "json"])
        || settings::process_env("PYZ3_WHEEL_FORMAT").is_some_and(|format| format == "json")
}

/// What clap says, as a problem.
fn problem(misuse: &clap::Error) -> Problem {
    let text = misuse.to_string();
    let lines = text
        .lines()
        .map(str::trim)
        .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more information"))
        .filter(|line| !line.is_empty());
    let (tips, message): (Vec<_>, Vec<_>) = lines.partition(|line| line.starts_with("tip: "));
    let message = message.join(" ");
    let tips = tips.iter().map(|tip| tip.trim_start_matches("tip: "));
    let hints: Vec<_> = tips.chain(["see `pyz3-wheel --help`"]).collect();
    Problem::new(message.strip_prefix("error: ").unwrap_or(&message)).hint(hints.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::Args;

    fn words(line: &str) -> Vec<OsString> {
        line.split(' ').map(Into::into).collect()
    }

    #[test]
    fn what_clap_says_has_a_message_and_a_hint() {
        for (line, message, hint) in [
            (
                "pyz3-wheel --formt json",
                "unexpected argument '--formt' found",
                "a similar argument exists: '--format'\nsee `pyz3-wheel --help`",
            ),
            (
                "pyz3-wheel check",
                "the following required arguments were not provided: <WHEEL>...",
                "see `pyz3-wheel --help`",
            ),
        ] {
            let problem = problem(&Args::read(&words(line)).unwrap_err());
            assert_eq!(problem.message, message);
            assert_eq!(problem.hint.as_deref(), Some(hint));
        }
    }

    #[test]
    fn json_is_wanted_wherever_that_is_said() {
        assert!(wants_json(&words("pyz3-wheel --nonsense --format=json")));
        assert!(wants_json(&words("pyz3-wheel check --format json")));
        assert!(!wants_json(&words(
            "pyz3-wheel --nonsense --format human json"
        )));
    }
}
