//! What a build has done, in Markdown: the summary of a job of GitHub Actions.

use std::fmt::Write as _;

use super::grid::Grid;
use super::{failures, summary, units};
use crate::plan::Plan;
use crate::run::Summary;
use crate::text::escape;

/// The wheels and the failures of a build.
pub(super) fn markdown(plan: &Plan, summary: &Summary) -> String {
    let count = summary::count(summary::built(summary), plan.jobs.len());
    let mut text = format!("### {} {}: {count}\n\n", plan.project, plan.version);
    let rows = match summary::grid(plan, summary) {
        Some(grid) => grid_rows(&grid, summary),
        None => summary::rows(summary),
    };
    for (index, row) in rows.iter().enumerate() {
        let _ = writeln!(text, "| {} |", row.join(" | "));
        if index == 0 {
            let _ = writeln!(text, "|{}", "---|".repeat(row.len()));
        }
    }
    let _ = writeln!(
        text,
        "\n{}, Zig {}, {}\n",
        units::clock(summary.time),
        summary.zig.version,
        plan.optimize
    );
    for (jobs, message) in failures::texts(plan, summary) {
        let message = escape::value(&message);
        let fence = fence(&message);
        let _ = writeln!(
            text,
            "**failed: {jobs}**\n\n{fence}text\n{message}\n{fence}\n"
        );
    }
    text
}

fn grid_rows(grid: &Grid, summary: &Summary) -> Vec<Vec<String>> {
    let platforms = grid.platforms().iter();
    let sizes: Vec<_> = platforms
        .map(|platform| summary::sizes_of(summary, platform))
        .collect();
    let rows = grid.rows(0, grid.columns(), "size", &sizes).into_iter();
    let plain = |cell: String| console::strip_ansi_codes(&cell).into_owned();
    rows.map(|row| row.into_iter().map(plain).collect())
        .collect()
}

/// What a block of code begins and ends with: more backticks than there are in the code.
fn fence(code: &str) -> String {
    let runs = code.split(|c| c != '`').map(str::len);
    "`".repeat(runs.max().unwrap_or_default().max(2) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_cannot_end_its_block() {
        assert_eq!(fence("a"), "```");
        assert_eq!(fence("a ```` b"), "`````");
    }
}
