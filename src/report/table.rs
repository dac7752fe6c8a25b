//! Tables for people: rows as lines, the cells of a column below each other.

use console::measure_text_width;

use crate::text::wrap::wrap;

/// The space between two columns.
const GAP: usize = 2;

/// Columns that do not fit a terminal are not made narrower than this.
const NARROWEST: usize = 12;

/// The lines of a table, at most `width` columns wide if there is a width: cells of the widest columns then have
/// several lines. Cells may be styled; values from outside are escaped for one line before.
pub(super) fn lines<R: AsRef<[String]>>(rows: &[R], width: Option<usize>) -> Vec<String> {
    let widths = widths(rows, width);
    let lines = rows.iter().flat_map(|row| {
        let cells = row.as_ref().iter().zip(&widths);
        let cells: Vec<_> = cells
            .map(|(cell, width)| match measure_text_width(cell) {
                natural if natural > *width => wrap(cell, *width),
                _ => vec![cell.clone()],
            })
            .collect();
        let height = cells.iter().map(Vec::len).max().unwrap_or_default();
        let line = |index: usize| {
            let cells = cells.iter().zip(&widths).map(|(cell, width)| {
                let text = cell.get(index).map_or("", String::as_str);
                console::pad_str(text, *width, console::Alignment::Left, None)
            });
            let line = cells.collect::<Vec<_>>().join(&" ".repeat(GAP));
            line.trim_end().to_owned()
        };
        (0..height).map(line).collect::<Vec<_>>()
    });
    lines.collect()
}

/// How wide a table is if nothing limits it.
pub(super) fn natural_width<R: AsRef<[String]>>(rows: &[R]) -> usize {
    total(&widths(rows, None))
}

fn total(widths: &[usize]) -> usize {
    let gaps = GAP * widths.len().saturating_sub(1);
    widths.iter().sum::<usize>() + gaps
}

/// The width of each column: that of its widest cell, or less if the table would be too wide.
fn widths<R: AsRef<[String]>>(rows: &[R], limit: Option<usize>) -> Vec<usize> {
    let mut widths = Vec::new();
    for row in rows {
        let cells = row.as_ref();
        widths.resize(widths.len().max(cells.len()), 0);
        for (width, cell) in widths.iter_mut().zip(cells) {
            *width = measure_text_width(cell).max(*width);
        }
    }
    while let Some(excess) = limit.and_then(|limit| total(&widths).checked_sub(limit))
        && excess > 0
    {
        // One at a time, so that columns of the same width share the loss.
        match widths.iter_mut().max() {
            Some(widest) if *widest > NARROWEST => *widest -= 1,
            _ => break,
        }
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows<const N: usize, const M: usize>(rows: [[&str; N]; M]) -> [[String; N]; M] {
        rows.map(|row| row.map(str::to_owned))
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = rows([["a", "bcd", ""], ["abc", "é", "x"]]);
        assert_eq!(lines(&rows, None), ["a    bcd", "abc  é    x"]);
        assert_eq!(natural_width(&rows), 11);
    }

    #[test]
    fn the_widest_columns_are_broken_to_fit_a_terminal() {
        let rows = rows([
            [
                "ok",
                "CPython 3.12",
                "/usr/local/lib/python3/bin/python3.12",
            ],
            ["ok", "Zig", "0.15.2"],
        ]);
        let expected = [
            "ok  CPython 3.12  /usr/local/lib/",
            "                  python3/bin/",
            "                  python3.12",
            "ok  Zig           0.15.2",
        ];
        assert_eq!(lines(&rows, Some(34)), expected);
        assert!(lines(&rows, Some(1)).iter().all(|line| line.len() <= 30));
    }
}
