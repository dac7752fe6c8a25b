//! What `check` says about all files together, on stderr.

use super::files::{CheckedFile, FixedFile, Results};
use crate::audit::Severity;
use crate::report::Report;

impl Results<'_> {
    /// How many files are ok, how many were fixed, and how many have findings.
    pub(in crate::report) fn print_summary(self, report: &Report) {
        if self.files.is_empty() || report.is_quiet() {
            return;
        }
        let count = |word| {
            let same = self.files.iter().filter(|file| verdict(file) == word);
            same.count()
        };
        let fixed = ["fixed", "can be fixed"].map(|word| match count(word) {
            0 => String::new(),
            count => format!("{count} {word}, "),
        });
        let is_wheel = |file: &CheckedFile| {
            let ending = file.path.extension();
            ending.is_some_and(|ending| ending == "whl")
        };
        let kind = if self.files.iter().all(is_wheel) {
            "wheel"
        } else {
            "file"
        };
        let total = self.files.len();
        report.eprintln(&format!(
            "{total} {kind}{}: {} ok, {}{} with warnings, {} with errors",
            if total == 1 { "" } else { "s" },
            count("ok"),
            fixed.concat(),
            count("with warnings"),
            count("with errors"),
        ));
    }

    /// How many findings are left out.
    pub(in crate::report) fn print_left_out(self, report: &Report) {
        let count = match self.ignored {
            0 => return,
            1 => "1 finding is".to_owned(),
            count => format!("{count} findings are"),
        };
        report.note(&format!(
            "{count} left out: `select` or `ignore` excludes the check"
        ));
    }
}

fn verdict(file: &CheckedFile) -> &'static str {
    let fixed = file.fixed.as_ref().and_then(FixedFile::verdict);
    match (file.severity(), fixed) {
        (Some(Severity::Error), _) => "with errors",
        (_, Some(fixed)) => fixed,
        (Some(_), None) => "with warnings",
        (None, None) => "ok",
    }
}
