//! Many jobs on a few lines: a row for each platform, a column for each Python.

use super::table;
use crate::plan::Job;
use crate::tags::AbiTag;

/// Up to this many jobs have a line each.
const FEW: usize = 6;

/// Cells in rows and columns.
#[derive(Debug)]
pub(super) struct Grid {
    platforms: Vec<String>,
    pythons: Vec<String>,
    /// The cells with the indices of their row and column.
    cells: Vec<(usize, usize, String)>,
}

impl Grid {
    /// A grid of these jobs; none if they are few or are all for one Python, so that a list is better.
    pub(super) fn of<'j>(jobs: impl Iterator<Item = (&'j Job, String)>) -> Option<Self> {
        let mut grid = Self {
            platforms: Vec::new(),
            pythons: Vec::new(),
            cells: Vec::new(),
        };
        for (job, cell) in jobs {
            let row = index(&mut grid.platforms, job.platform.to_string());
            let column = index(&mut grid.pythons, python(job));
            grid.cells.push((row, column, cell));
        }
        (grid.cells.len() > FEW && grid.pythons.len() > 1).then_some(grid)
    }

    /// The names of the rows.
    pub(super) fn platforms(&self) -> &[String] {
        &self.platforms
    }

    /// The rows with a row of titles; `last` is one more column, without its title. Columns that do not fit
    /// `width` follow below in a table of their own.
    pub(super) fn lines(&self, width: Option<usize>, title: &str, last: &[String]) -> Vec<String> {
        let mut lines = Vec::new();
        let mut begin = 0;
        while begin < self.pythons.len() {
            let ends = (begin + 1..=self.pythons.len()).rev();
            let tables = ends.map(|end| (end, self.rows(begin, end, title, last)));
            let fits = |rows: &[Vec<String>]| {
                width.is_none_or(|width| table::natural_width(rows) <= width)
            };
            let mut tables = tables.filter(|(end, rows)| *end == begin + 1 || fits(rows));
            let Some((end, rows)) = tables.next() else {
                break;
            };
            if begin > 0 {
                lines.push(String::new());
            }
            lines.extend(table::lines(&rows, width));
            begin = end;
        }
        lines
    }

    /// The rows of the columns from `begin` to `end`.
    pub(super) fn rows(
        &self,
        begin: usize,
        end: usize,
        title: &str,
        last: &[String],
    ) -> Vec<Vec<String>> {
        let row = |first: &str, cells: &mut dyn Iterator<Item = String>, last: &str| {
            let first = std::iter::once(first.to_owned());
            let cells: Vec<_> = first.chain(cells).collect();
            let is_last = end == self.pythons.len() && !title.is_empty();
            let last = is_last.then(|| last.to_owned());
            cells.into_iter().chain(last).collect::<Vec<_>>()
        };
        let columns = self.pythons[begin..end].iter().cloned();
        let mut rows = vec![row("", &mut columns.into_iter(), title)];
        for (at, platform) in self.platforms.iter().enumerate() {
            let cell = |column: usize| {
                let mut cells = self.cells.iter();
                let found = cells.find(|cell| (cell.0, cell.1) == (at, column));
                found.map_or_else(String::new, |cell| cell.2.clone())
            };
            let last = last.get(at).map_or("", String::as_str);
            rows.push(row(platform, &mut (begin..end).map(cell), last));
        }
        rows
    }

    /// How many columns there are.
    pub(super) fn columns(&self) -> usize {
        self.pythons.len()
    }
}

/// The position of a name in a list, which it is added to if it is new.
fn index(names: &mut Vec<String>, name: String) -> usize {
    let known = names.iter().position(|known| *known == name);
    known.unwrap_or_else(|| {
        names.push(name);
        names.len() - 1
    })
}

/// The Python that the wheel of a job is for, in short.
///
/// Ex) `cp312`, `cp39-abi3`, `py3`
pub(super) fn python(job: &Job) -> String {
    match job.abi {
        AbiTag::CPython(python) => AbiTag::CPython(python).to_string(),
        AbiTag::Abi3 | AbiTag::Abi3t => format!("{}-{}", job.wheel.python, job.abi),
        AbiTag::None => job.wheel.python.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> Grid {
        let names = |names: &[&str]| names.iter().map(ToString::to_string).collect();
        let cells = [
            (0, 0, "1.2 s"),
            (0, 1, "cached"),
            (0, 2, "0.9 s"),
            (1, 2, "failed"),
        ];
        let cells = cells.map(|(row, column, text)| (row, column, text.to_owned()));
        Grid {
            platforms: names(&["linux-x86_64", "windows-x64"]),
            pythons: names(&["cp311", "cp312", "cp313"]),
            cells: cells.into(),
        }
    }

    #[test]
    fn platforms_are_rows_and_pythons_are_columns() {
        let sizes = ["3 kB", "-"].map(str::to_owned);
        let expected = [
            "              cp311  cp312   cp313   size",
            "linux-x86_64  1.2 s  cached  0.9 s   3 kB",
            "windows-x64                  failed  -",
        ];
        assert_eq!(grid().lines(None, "size", &sizes), expected);
    }

    #[test]
    fn columns_that_do_not_fit_follow_below() {
        let expected = [
            "              cp311  cp312",
            "linux-x86_64  1.2 s  cached",
            "windows-x64",
            "",
            "              cp313",
            "linux-x86_64  0.9 s",
            "windows-x64   failed",
        ];
        assert_eq!(grid().lines(Some(30), "", &[]), expected);
    }
}
