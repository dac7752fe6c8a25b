//! The line of a file that a problem is about, with carets below the place.

use std::path::Path;

use console::{measure_text_width, style};

use crate::text::escape;
use crate::text::place::position;

/// How much of a line is shown, so that a terminal of 80 columns shows it whole.
const WIDEST: usize = 70;

/// One line of a file, and the part of it that a problem is about, in characters.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Excerpt {
    number: usize,
    before: String,
    marked: String,
    after: String,
}

impl Excerpt {
    /// The excerpt at a place such as `pyproject.toml:12:3`; `None` if the place is not a position in a file of the
    /// project.
    pub(super) fn at(root: &Path, place: &str) -> Option<Self> {
        let (file, number, column) = position(place)?;
        let path = root.join(file);
        // Reading a FIFO would wait for ever.
        let text = path
            .is_file()
            .then(|| fs_err::read_to_string(path).ok())??;
        let line = text.lines().nth(number.checked_sub(1)?)?;
        Some(Self::of(number, line, column.checked_sub(1)?))
    }

    fn of(number: usize, line: &str, column: usize) -> Self {
        let chars: Vec<char> = line.chars().collect();
        let column = column.min(chars.len());
        let end = column + extent(&chars[column..]);
        // The part before the place gives way first.
        let is_long = chars.len() > WIDEST;
        let first = if is_long && end > WIDEST {
            column.min(end.saturating_sub(WIDEST).max(column.saturating_sub(8)))
        } else {
            0
        };
        let last = chars.len().min(first + WIDEST);
        let end = end.min(last);
        let text = |part: &[char]| {
            let text: String = part.iter().collect();
            escape::cell(&text.replace('\t', "    "))
        };
        let dots = |is_cut: bool| if is_cut { "…" } else { "" };
        Self {
            number,
            before: format!("{}{}", dots(first > 0), text(&chars[first..column])),
            marked: text(&chars[column..end]),
            after: format!("{}{}", text(&chars[end..last]), dots(last < chars.len())),
        }
    }

    /// The lines to print.
    pub(super) fn lines(&self) -> [String; 3] {
        let number = self.number.to_string();
        let gutter = |text: &str| {
            let text = format!("{text:>width$} |", width = number.len());
            style(text).for_stderr().blue().bold().to_string()
        };
        let carets = "^".repeat(measure_text_width(&self.marked).max(1));
        let carets = style(carets).for_stderr().red().bold();
        let indent = " ".repeat(measure_text_width(&self.before));
        [
            gutter(""),
            format!(
                "{} {}{}{}",
                gutter(&number),
                self.before,
                self.marked,
                self.after
            ),
            format!("{} {indent}{carets}", gutter("")),
        ]
    }
}

/// How many characters belong to the key with its value, or to the value, at the beginning of this text.
fn extent(text: &[char]) -> usize {
    let mut open = 0_usize;
    let mut quote = None;
    let mut is_escaped = false;
    let mut end = text.len();
    for (index, &c) in text.iter().enumerate() {
        match (quote, c) {
            (Some('"'), '\\') if !is_escaped => {
                is_escaped = true;
                continue;
            }
            (Some(own), c) if own == c && !is_escaped => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, '[' | '{') => open += 1,
            (None, ']' | '}') if open > 0 => open -= 1,
            (None, ',') if open > 0 => {}
            (None, ']' | '}' | ',' | '#') => {
                end = index;
                break;
            }
            (_, _) => {}
        }
        is_escaped = false;
    }
    let blank = text[..end].iter().rev().take_while(|c| c.is_whitespace());
    end - blank.count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &str, column: usize) -> String {
        let lines = Excerpt::of(12, line, column - 1).lines().join("\n");
        console::strip_ansi_codes(&lines).into_owned()
    }

    #[test]
    fn the_key_with_its_value_is_marked() {
        for (line, column, marked) in [
            ("jobs = \"four\"", 1, "jobs = \"four\""),
            ("jobs = 4  # of them", 1, "jobs = 4"),
            ("a = { b = 1, c = [2, 3] }", 14, "c = [2, 3]"),
            ("platforms = [\"a, b\", 'c']", 14, "\"a, b\""),
            ("platforms = [\"a\", 'c']", 19, "'c'"),
            ("text = \"a # \\\" b\" # c", 1, "text = \"a # \\\" b\""),
            ("[tool.pyz3_wheel]", 7, "pyz3_wheel"),
            ("[[tool.x.module]]", 3, "tool.x.module"),
            ("list = [", 1, "list = ["),
        ] {
            let excerpt = Excerpt::of(1, line, column - 1);
            assert_eq!(excerpt.marked, marked, "{line}");
        }
    }

    #[test]
    fn carets_are_below_what_they_mark() {
        assert_eq!(
            shown("abi = \"full", 12),
            "   |\n12 | abi = \"full\n   |            ^"
        );
        assert_eq!(shown("\té = 1", 2), "   |\n12 |     é = 1\n   |     ^^^^^");
        // Characters that are two columns wide.
        assert_eq!(
            shown("\"名\" = 1", 1),
            "   |\n12 | \"名\" = 1\n   | ^^^^^^^^"
        );
        assert_eq!(shown("", 1), "   |\n12 | \n   | ^");
        // A place beyond the line is its end.
        assert_eq!(shown("ab", 9), "   |\n12 | ab\n   |   ^");
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let long = format!(
            "list = [{}\"wrong\", {}]",
            "\"right\", ".repeat(20),
            "1, ".repeat(40)
        );
        let column = long.find("\"wrong\"").unwrap() + 1;
        let text = shown(&long, column);
        let lines: Vec<_> = text.lines().collect();
        assert!(
            lines.iter().all(|line| line.chars().count() <= 80),
            "{text}"
        );
        let at = lines[2].find('^').unwrap();
        let line: String = lines[1].chars().skip(at).take(7).collect();
        assert_eq!(line, "\"wrong\"", "{text}");
        assert_eq!(lines[2].matches('^').count(), 7);
        let long = format!("key = \"{}\"", "x".repeat(200));
        let text = shown(&long, 1);
        assert!(text.contains("| key = \"xxx"), "{text}");
        assert!(
            text.lines().all(|line| line.chars().count() <= 80),
            "{text}"
        );
    }

    #[test]
    fn a_place_that_is_not_a_position_has_no_excerpt() {
        let folder = tempfile::tempdir().unwrap();
        fs_err::write(folder.path().join("pyproject.toml"), "a = 1\n").unwrap();
        let at = |place: &str| Excerpt::at(folder.path(), place).is_some();
        assert!(at("pyproject.toml:1:1"));
        for place in [
            "--jobs",
            "pyproject.toml",
            "pyproject.toml:2:1",
            "pyproject.toml:0:1",
            "pyproject.toml:1:0",
            "missing.toml:1:1",
            ":1:1",
            "linux-x86_64-cp312",
        ] {
            assert!(!at(place), "{place}");
        }
    }
}
