//! What `--fix` did to a file, for people.

use std::fmt::Write as _;

use console::style;

use super::files::FixedFile;
use crate::audit::Change;
use crate::text::escape;

/// A line for each change and each error that is left, and where the new wheel is.
pub(super) fn lines(fixed: &FixedFile) -> String {
    let mut text = String::new();
    for change in &fixed.changes {
        let label = style("fixed:").green();
        let _ = writeln!(text, "  {label} {}", line(change));
    }
    for unfixed in &fixed.unfixed {
        let place = place(" in ", unfixed.file.as_ref());
        let reason = escape::value(&unfixed.reason);
        let label = style("not fixed:").red();
        let _ = writeln!(text, "  {label} {}{place}: {reason}", unfixed.code);
    }
    if let Some(written) = written(fixed) {
        let _ = writeln!(text, "  {written}");
    }
    text
}

/// The changes and where the new wheel is, without styles.
pub(super) fn plain(fixed: &FixedFile) -> String {
    let changes = fixed.changes.iter().map(line);
    let lines: Vec<_> = changes.chain(written(fixed)).collect();
    lines.join("\n")
}

/// Where the new wheel is.
fn written(fixed: &FixedFile) -> Option<String> {
    let path = escape::path(fixed.path.as_ref()?);
    let verb = if fixed.is_written {
        "wrote"
    } else {
        "would write"
    };
    let how = if fixed.changes.is_empty() {
        " (unchanged)"
    } else {
        ""
    };
    Some(format!("{verb} {path}{how}"))
}

/// Ex) `tags cp312-cp312-linux_x86_64 -> cp312-cp312-manylinux_2_28_x86_64 (unknown-tag)`
fn line(change: &Change) -> String {
    let values = match (&change.from, &change.to) {
        (Some(from), Some(to)) => format!(" {from} -> {to}"),
        (None, Some(to)) => format!(": {to}"),
        (_, None) => ": removed".to_owned(),
    };
    let codes: Vec<_> = change.codes.iter().map(|code| code.name()).collect();
    let codes = match codes.as_slice() {
        [] => String::new(),
        codes => format!(" ({})", codes.join(", ")),
    };
    let place = place(" of ", change.file.as_ref());
    format!("{}{place}{}{codes}", change.what, escape::value(&values))
}

fn place(before: &str, file: Option<&String>) -> String {
    file.map_or_else(String::new, |file| {
        format!("{before}{}", escape::cell(file))
    })
}
