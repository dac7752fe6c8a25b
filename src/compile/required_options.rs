//! Options that a build script requires: without them it exits before zig can list its options.
//!
//! Such a script is run with every option that we know. Zig reports those that the script does not declare,
//! or whose values have another type; the script is then run again without them.

use std::collections::BTreeMap;

use regex_lite::Regex;

use super::options;
use crate::plan::Job;
use crate::toolchain::Sysroot;

/// The options to run a script with.
#[derive(Debug)]
pub(crate) struct OptionProbe {
    options: BTreeMap<&'static str, String>,
}

impl OptionProbe {
    /// Every option that we know, with its value for the job.
    pub(crate) fn new(job: &Job, sysroot: Option<&Sysroot>) -> Self {
        let value = |name| Some((name, options::guess(name, job, sysroot)?));
        Self {
            options: options::KNOWN.into_iter().filter_map(value).collect(),
        }
    }

    pub(crate) fn arguments(&self) -> Vec<String> {
        let options = self.options.iter();
        options
            .map(|(name, value)| format!("-D{name}={value}"))
            .collect()
    }

    /// Removes the options that zig has rejected; `false` if it has rejected none of ours.
    pub(crate) fn correct(&mut self, log: &str) -> bool {
        let before = self.options.len();
        for name in refused(log) {
            self.options.remove(name);
        }
        self.options.len() < before
    }
}

/// The options that zig rejects because they are not declared or because of their values.
fn refused(log: &str) -> impl Iterator<Item = &str> {
    let complaint = Regex::new(
        r#"(?m)^(?:error: )?(?:invalid option: (?:-D|")|[Ee]xpected -D)([A-Za-z0-9_.-]+)"#,
    );
    complaint.into_iter().flat_map(move |complaint| {
        let names = complaint.captures_iter(log);
        names
            .filter_map(|found| Some(found.get(1)?.as_str()))
            .collect::<Vec<_>>()
    })
}

/// Whether a script was compiled, but exited before zig could list its options.
pub(crate) fn has_given_up(log: &str) -> bool {
    let ends = ["build command", "configure command"];
    let how = [
        "crashed",
        "failed with exit code",
        "terminated",
        "exited with code",
    ];
    // Zig may misread the exit code of a script as a result of its own build runner.
    let misread = "error: unable to read results of configure phase";
    log.lines().any(|line| {
        line.starts_with(misread)
            || line.starts_with("error: ")
                && ends.iter().any(|end| line.contains(end))
                && how.iter().any(|how| line.contains(how))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_zigs_complaints_are_understood() {
        let log = "error: invalid option: -Dext-suffix\n\
             error: invalid option: \"python-lib\"\n\
             error: Expected -Dabi3 to be a boolean, but received '0x03090000'\n\
             error: expected -Dstrip to be a boolean; received: x\n\
             info: available option: \"python-include\": headers\n\
             note: the option invalid option: -Dnot-this\n";
        let refused: Vec<_> = refused(log).collect();
        assert_eq!(refused, ["ext-suffix", "python-lib", "abi3", "strip"]);
    }

    #[test]
    fn a_script_that_gives_up_is_told_from_one_that_does_not_compile() {
        for log in [
            "error: the following build command crashed:\n",
            "thread 1 panic: x\nerror: the following build command terminated with signal ABRT:\n",
            "error: configure command exited with code 1: x\n",
            "error: the following build command failed with exit code 1:\n",
            "error: unable to read results of configure phase from 'x': FileNotFound\n",
        ] {
            assert!(has_given_up(log), "{log}");
        }
        assert!(!has_given_up("build.zig:3:5: error: expected ';'\n"));
    }
}
