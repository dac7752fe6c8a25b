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

/// The size of a release, its table and its findings; empty if `--quiet` hides all of it.
pub(super) fn lines(release: &Release, hints: bool, report: &Report) -> String {
    if report.is_quiet() {
        return String::new();
    }
    let (largest, size) = &release.largest;
    let mut text = format!(
        "{} {}: {} files, {}; the largest is {} ({})\n",
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
    text + &human::findings(&release.findings, hints, human::lowest(report))
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
    let widest = |texts: &mut dyn Iterator<Item = usize>| texts.max().unwrap_or_default();
    let platforms = grid.rows.iter().map(|row| escape::cell(&row.platform));
    let platforms: Vec<_> = platforms.collect();
    let first = widest(&mut platforms.iter().map(String::len));
    let column = widest(&mut headings.iter().map(String::len)) + 1;
    let count = (WIDTH.saturating_sub(first + 2) / column).max(1);
    let mut lines = Vec::new();
    for begin in (0..headings.len()).step_by(count) {
        let end = headings.len().min(begin + count);
        let line = |name: &str, cells: &mut dyn Iterator<Item = &str>| {
            let cells: String = cells.map(|cell| format!("{cell:>column$}")).collect();
            format!("{name:first$}{cells}")
        };
        lines.push(line(
            "",
            &mut headings[begin..end].iter().map(String::as_str),
        ));
        for (row, platform) in grid.rows.iter().zip(&platforms) {
            let cells = row.cells[begin..end].iter();
            let mut cells = cells.map(|has| if *has { "yes" } else { "-" });
            lines.push(line(platform, &mut cells));
        }
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
