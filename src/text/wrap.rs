//! Breaks lines for a terminal: between words, and in long paths and names after a separator.

use console::measure_text_width;

/// Where a word that is too long may be broken: after one of these.
const SEPARATORS: [char; 8] = ['/', '\\', '.', ',', '_', '-', '=', ':'];

/// The narrowest width that text is broken for.
const NARROWEST: usize = 8;

/// Breaks one line into lines of at most `width` columns. A command between backticks is broken only if it is longer
/// than a line, so that it can be copied.
pub(crate) fn wrap(line: &str, width: usize) -> Vec<String> {
    broken(line, width, width)
}

/// The same as one text, whose lines after the first one are `indent` columns to the right.
pub(crate) fn hanging(line: &str, indent: usize, width: usize) -> String {
    let lines = broken(line, width, width.saturating_sub(indent));
    lines.join(&format!("\n{:indent$}", ""))
}

/// Lines of at most these numbers of columns: the first one, and the rest.
fn broken(line: &str, first: usize, rest: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut current = String::new();
    let width = |lines: &[String]| (if lines.is_empty() { first } else { rest }).max(NARROWEST);
    for (index, word) in words(line).into_iter().enumerate() {
        if index > 0 {
            if measure_text_width(&current) + 1 + measure_text_width(word) <= width(&lines) {
                current.push(' ');
            } else {
                lines.push(std::mem::take(&mut current));
            }
        }
        current.push_str(word);
        while measure_text_width(&current) > width(&lines) {
            let rest = current.split_off(break_in(&current, width(&lines)));
            lines.push(std::mem::replace(&mut current, rest));
        }
    }
    lines.push(current);
    for line in &mut lines {
        line.truncate(line.trim_end().len());
    }
    lines
}

/// The words of a line; a span between backticks is in one word.
fn words(line: &str) -> Vec<&str> {
    let mut is_code = false;
    line.split(move |c| {
        is_code ^= c == '`';
        c == ' ' && !is_code
    })
    .collect()
}

/// The position at which to break a text that is wider than `width`.
fn break_in(text: &str, width: usize) -> usize {
    let ends = text.char_indices().map(|(at, c)| (at + c.len_utf8(), c));
    let fitting: Vec<_> = ends
        .take_while(|(end, _)| measure_text_width(&text[..*end]) <= width)
        .collect();
    // A piece of a few letters would help nobody.
    let after = |is_separator: fn(char) -> bool| {
        let mut ends = fitting.iter().rev();
        ends.find(|(end, c)| is_separator(*c) && *end > width / 3)
            .map(|(end, _)| *end)
    };
    let good = after(|c| c == ' ').or_else(|| after(|c| SEPARATORS.contains(&c)));
    let last = fitting.last().map(|(end, _)| *end);
    good.or(last).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_between_words() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("one", 8), ["one"]);
        assert_eq!(wrap("", 8), [""]);
        assert_eq!(
            wrap("run `zig build --help` again", 18),
            ["run", "`zig build --help`", "again"]
        );
    }

    #[test]
    fn further_lines_are_indented() {
        assert_eq!(hanging("hint: one two", 6, 10), "hint: one\n      two");
        assert_eq!(hanging("hint: one", 6, 10), "hint: one");
    }

    #[test]
    fn long_words_are_broken_after_separators() {
        assert_eq!(
            wrap("/usr/local/bin/python3.12", 16),
            ["/usr/local/bin/", "python3.12"]
        );
        assert_eq!(wrap("abcdefghijkl", 8), ["abcdefgh", "ijkl"]);
        assert_eq!(wrap("日本語日本語", 8), ["日本語日", "本語"]);
        let long = "`zig build --prefix /a`";
        assert_eq!(wrap(long, 12), ["`zig build", "--prefix /a`"]);
    }
}
