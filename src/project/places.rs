//! Places in a text by line and column, each found in a time that does not grow with the text.

/// The most bytes that are counted again to find a column.
const STEP: usize = 256;

/// Where the lines of a text begin, and how many characters come before each [`STEP`] bytes.
#[derive(Debug)]
pub(super) struct Places {
    lines: Vec<usize>,
    characters: Vec<usize>,
}

impl Places {
    /// Reads the text once.
    pub(super) fn new(text: &str) -> Self {
        let newlines = memchr::memchr_iter(b'\n', text.as_bytes());
        let lines = std::iter::once(0).chain(newlines.map(|newline| newline + 1));
        let mut before = 0;
        let steps = text.as_bytes().chunks(STEP).map(|step| {
            before += characters(step);
            before
        });
        Self {
            lines: lines.collect(),
            characters: std::iter::once(0).chain(steps).collect(),
        }
    }

    /// The line and the column of a byte offset in the same text. Both count from 1, columns in
    /// characters.
    pub(super) fn line_and_column(&self, text: &str, offset: usize) -> (usize, usize) {
        let offset = offset.min(text.len());
        let line = self.lines.partition_point(|start| *start <= offset);
        let start = self.lines[line - 1];
        let column = self.before(text, offset) - self.before(text, start) + 1;
        (line, column)
    }

    /// The place of a byte offset in the same text, for messages.
    ///
    /// Ex) `src/hello/__init__.py:3:15`
    pub(super) fn name(&self, file: &str, text: &str, offset: usize) -> String {
        let (line, column) = self.line_and_column(text, offset);
        format!("{file}:{line}:{column}")
    }

    /// The number of characters that begin before an offset.
    fn before(&self, text: &str, offset: usize) -> usize {
        let step = offset / STEP;
        self.characters[step] + characters(&text.as_bytes()[step * STEP..offset])
    }
}

/// The number of characters that begin in these bytes of UTF-8.
fn characters(bytes: &[u8]) -> usize {
    const CONTINUATION: u8 = 0b1000_0000;
    let begins = |byte: &&u8| **byte & 0b1100_0000 != CONTINUATION;
    bytes.iter().filter(begins).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_what_counting_from_the_top_gives() {
        let long = "é—a".repeat(200);
        for text in [
            "",
            "a",
            "é",
            "a\nb\n",
            "\n\n",
            "\r\na",
            &long,
            &format!("{long}\n{long}"),
            &"x".repeat(STEP),
        ] {
            let places = Places::new(text);
            for (offset, _) in text.char_indices().chain([(text.len(), ' ')]) {
                let before = &text[..offset];
                let start = before.rfind('\n').map_or(0, |newline| newline + 1);
                let expected = (
                    before.matches('\n').count() + 1,
                    before[start..].chars().count() + 1,
                );
                let found = places.line_and_column(text, offset);
                assert_eq!(found, expected, "{offset} of {text:?}");
            }
            let end = places.line_and_column(text, text.len());
            assert_eq!(places.line_and_column(text, text.len() + 1), end);
        }
    }
}
