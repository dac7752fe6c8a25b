//! Releases that were checked as a whole: the table of platforms and Pythons, and the findings.

use std::fmt::Write as _;

use console::style;
use indicatif::DecimalBytes;
use serde_json::{Value, json};

use super::human;
use crate::audit::{Grid, Release};
use crate::report::Report;
use crate::text::escape;

/// The width of the terminal that a table fits into.
const WIDTH: usize = 80;
/// The cell of a platform and a Python for which there is a wheel.
const PRESENT: &str = "yes";

/// The size of a release, its table and its findings; empty if `--quiet` hides all of it.
pub(super) fn lines(release: &Release, hints: bool, report: &Report) -> String {
    if report.is_quiet() {
        return String::new();
    }
    let (largest, size) = &release.largest;
    let mut text = format!(
        "{} {}: {} files, {}\n  largest: {} ({})\n",
        style(&release.name).bold(),
        release.version,
        release.files,
        DecimalBytes(release.size),
        escape::cell(largest),
        DecimalBytes(*size),
    );
    for line in table(&release.grid) {
        let _ = writeln!(text, "  {line}");
    }
    text + &human::findings(&release.findings, hints, report.lowest_severity())
}

/// The lines of the table; a table that is too wide is continued below.
fn table(grid: &Grid) -> Vec<String> {
    let headings: Vec<_> = grid
        .headings()
        .iter()
        .map(|heading| escape::cell(heading))
        .collect();
    if headings.len() * grid.rows.len() < 2 {
        return Vec::new();
    }
    let platforms = grid.rows.iter().map(|row| escape::cell(&row.platform));
    let platforms: Vec<_> = platforms.collect();
    let first = platforms.iter().map(String::len).max().unwrap_or_default();
    let widths = headings
        .iter()
        .map(|heading| heading.len().max(PRESENT.len()) + 1);
    let widths: Vec<_> = widths.collect();
    let mut lines = Vec::new();
    let mut begin = 0;
    while begin < headings.len() {
        let mut width = 2 + first;
        let fitting = widths[begin..].iter().take_while(|column| {
            width += **column;
            width <= WIDTH
        });
        let end = begin + fitting.count().max(1);
        let line = |name: &str, cells: &mut dyn Iterator<Item = &str>| {
            let mut text = format!("{name:first$}");
            for (cell, width) in cells.zip(&widths[begin..end]) {
                let _ = write!(text, "{cell:>width$}");
            }
            text
        };
        let own = &mut headings[begin..end].iter().map(String::as_str);
        lines.push(line("", own));
        for (row, platform) in grid.rows.iter().zip(&platforms) {
            let cells = row.cells[begin..end].iter();
            let mut cells = cells.map(|has| if *has { PRESENT } else { "-" });
            lines.push(line(platform, &mut cells));
        }
        begin = end;
    }
    lines
}

pub(super) fn json(release: &Release) -> Value {
    let rows = release.grid.rows.iter().map(|row| {
        let own = release.grid.headings().into_iter().zip(&row.cells);
        let own: Vec<_> = own
            .filter(|(_, has)| **has)
            .map(|(heading, _)| heading)
            .collect();
        json!({"platform": row.platform, "pythons": own})
    });
    let (largest, size) = &release.largest;
    json!({
        "name": release.name,
        "version": release.version,
        "files": release.files,
        "size": release.size,
        "largest": {"filename": largest, "size": size},
        "pythons": release.grid.headings(),
        "platforms": rows.collect::<Vec<_>>(),
        "findings": release.findings,
    })
}
