//! The `-D` options that a build.zig declares, and the values that it is given.
//!
//! `zig build` refuses a `-D` option that the script does not declare, so we read them from
//! `zig build --help` and pass only those, in whichever spelling the script has.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::plan::{Job, Optimize};
use crate::toolchain::Sysroot;

/// The project-specific options of a build script, by name, with the values of enums.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeclaredOptions {
    options: BTreeMap<String, Kind>,
    /// Whether some file of the script names the environment variable of the target.
    reads_zig_target: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Kind {
    /// The kind in the help text: `string`, `bool`, `enum`, `list`.
    name: String,
    /// The values of an enum.
    values: Vec<String>,
}

impl Kind {
    /// A kind without values.
    fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            values: Vec::new(),
        }
    }
}

impl DeclaredOptions {
    /// Parses the section "Project-Specific Options" of `zig build --help`. `reads_zig_target` says whether a file of
    /// the script mentions `ZIG_TARGET`, which the help text does not show.
    pub fn parse(help: &str, reads_zig_target: bool) -> Self {
        let mut options = BTreeMap::new();
        let mut last: Option<String> = None;
        let section = help
            .lines()
            .skip_while(|line| !line.starts_with("Project-Specific Options"))
            .skip(1)
            .take_while(|line| line.is_empty() || line.starts_with(' '));
        for line in section {
            let text = line.trim();
            if let Some((name, kind)) = text
                .strip_prefix("-D")
                .and_then(|rest| rest.split_once("=["))
                .and_then(|(name, rest)| Some((name, rest.split_once(']')?.0)))
            {
                options.insert(name.to_owned(), Kind::named(kind));
                last = Some(name.to_owned());
            } else if let Some(option) = last.as_ref().and_then(|name| options.get_mut(name)) {
                // Below an enum, indented: "Supported Values:", and then one value on each line.
                let is_word = !text.is_empty() && !text.contains(char::is_whitespace);
                if option.name == "enum" && is_word {
                    option.values.push(text.to_owned());
                }
            }
        }
        Self {
            options,
            reads_zig_target,
        }
    }

    /// The options of a script that is known, by name and kind.
    pub(crate) fn known(options: &[(&str, &str)]) -> Self {
        let options = options
            .iter()
            .map(|(name, kind)| ((*name).to_owned(), Kind::named(kind)));
        Self {
            options: options.collect(),
            reads_zig_target: false,
        }
    }

    /// Whether the script can read the target. A script that does not builds for this machine. For this machine's own
    /// platform no binary shows that: the CPU leaves no trace in it.
    pub fn takes_target(&self) -> bool {
        self.reads_zig_target || self.options.contains_key("target")
    }

    /// The `-D` arguments for a job: for every option that the script declares and that we know,
    /// the value of this job's target.
    pub fn arguments(&self, job: &Job, sysroot: Option<&Sysroot>) -> Vec<String> {
        self.options
            .iter()
            .filter_map(|(name, kind)| {
                Some(format!("-D{name}={}", value(name, kind, job, sysroot)?))
            })
            .collect()
    }
}

/// The options whose meaning we know, except those that exclude other options.
pub(crate) const KNOWN: [&str; 15] = [
    "target",
    "optimize",
    "strip",
    "python",
    "python-exe",
    "python-include",
    "ext-suffix",
    "python-lib-dir",
    "python-libdir",
    "python-lib-path",
    "python-lib",
    "python-lib-name",
    "python-import-lib",
    "abi3",
    "abi3t",
];

/// The value of an option whose kind is unknown.
pub(crate) fn guess(name: &str, job: &Job, sysroot: Option<&Sysroot>) -> Option<String> {
    let is_bool = ["strip", "abi3", "abi3t"].contains(&name);
    let kind = Kind::named(if is_bool { "bool" } else { "string" });
    value(name, &kind, job, sysroot)
}

/// The value of one option, if we know its meaning and there is one for this job.
fn value(name: &str, kind: &Kind, job: &Job, sysroot: Option<&Sysroot>) -> Option<String> {
    let path = |path: &Path| path.display().to_string();
    let is_debug = job.optimize == Optimize::Debug;
    match name {
        "target" => Some(job.zig_target.to_string()),
        "cpu" => Some(job.platform.cpu().to_owned()),
        "optimize" => Some(optimize(kind, job.optimize)),
        // `standardOptimizeOption` with a preferred mode declares this in place of `optimize`.
        "release" | "strip" if kind.name == "bool" => Some((!is_debug).to_string()),
        "python" | "python-exe" => Some(path(&sysroot?.launcher)),
        "python-include" => Some(path(&sysroot?.include)),
        "ext-suffix" => job.extension_suffix.clone(),
        "python-lib-dir" | "python-libdir" | "python-lib-path" => {
            Some(path(sysroot?.lib_dir.as_deref()?))
        }
        "python-lib" | "python-lib-name" => sysroot?.lib.clone(),
        "python-import-lib" => Some(path(sysroot?.import_library.as_deref()?)),
        "abi3t" if kind.name == "bool" => Some(job.target_abi3t().is_some().to_string()),
        "abi3t" => job.target_abi3t().map(str::to_owned),
        "abi3" | "py-limited-api" if kind.name == "bool" => {
            Some(job.limited_api.is_some().to_string())
        }
        "abi3" | "py-limited-api" => job.limited_api.clone(),
        _ => None,
    }
}

/// The name that the script uses for an optimize mode.
fn optimize(kind: &Kind, mode: Optimize) -> String {
    let declares = |word: &str| kind.values.iter().any(|value| value == word);
    if !declares(mode.name()) && declares(mode.short_name()) {
        mode.short_name().to_owned()
    } else {
        mode.name().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HELP: &str = "\
Steps:
  install (default)            Copy build artifacts to prefix path

Project-Specific Options:
  -Dtarget=[string]            The CPU architecture, OS, and ABI to build for
  -Doptimize=[enum]            Prioritize performance, safety, or binary size
                                 Supported Values:
                                   debug
                                   safe
                                   fast
                                   small
  -Dpython-include=[string]    Path to the CPython include dir
  -Dstrip=[bool]               Strip

System Integration Options:
  -Dnot-an-option=[string]     Of another section
";

    #[test]
    fn only_the_projects_own_options_are_read() {
        let declared = DeclaredOptions::parse(HELP, false);
        let names: Vec<_> = declared.options.keys().map(String::as_str).collect();
        assert_eq!(names, ["optimize", "python-include", "strip", "target"]);
        assert_eq!(
            declared.options["optimize"].values,
            ["debug", "safe", "fast", "small"]
        );
    }

    #[test]
    fn an_optimize_mode_is_spelt_as_the_script_does() {
        let declared = DeclaredOptions::parse(HELP, false);
        assert_eq!(
            optimize(&declared.options["optimize"], Optimize::ReleaseSafe),
            "safe"
        );
        let old = DeclaredOptions::parse(&HELP.replace("   safe", "   ReleaseSafe"), false);
        assert_eq!(
            optimize(&old.options["optimize"], Optimize::ReleaseSafe),
            "ReleaseSafe"
        );
    }

    #[test]
    fn a_target_comes_by_option_or_by_variable() {
        assert!(DeclaredOptions::parse(HELP, false).takes_target());
        assert!(DeclaredOptions::parse("", true).takes_target());
        assert!(!DeclaredOptions::parse("", false).takes_target());
    }

    #[test]
    fn a_script_without_options_gets_none() {
        assert_eq!(
            DeclaredOptions::parse(
                "Project-Specific Options:\n  (none)\n\nGeneral Options:\n",
                false
            ),
            DeclaredOptions::default()
        );
    }
}
