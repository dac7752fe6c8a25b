//! Finds mistakes in reStructuredText for which PyPI refuses a description.
//!
//! PyPI and twine render with docutils and refuse a text at its first warning. This is not a whole parser: it reads
//! the text at the left margin, skips what is nested, and reports a mistake only where docutils is sure to warn.
//! Where a construct is not understood, the rest of the text counts as right. Sources: docutils,
//! "reStructuredText Markup Specification"; `readme_renderer.rst` for the settings.

mod fault;
mod inline;
mod lines;
#[cfg(test)]
mod tests;

pub(super) use fault::Fault;
use inline::Inline;
use lines::{directive, expand_tabs, is_adornment, is_other_body, is_table, is_wider};

/// The directives of docutils.
const DIRECTIVES: &str = " admonition attention caution class code code-block compound container contents \
    csv-table danger date default-role epigraph error figure footer header highlights hint image important \
    line-block list-table math meta note parsed-literal pull-quote replace restructuredtext-test-directive role \
    rst-class rubric section-numbering sectnum sidebar sourcecode table target-notes tip title topic unicode \
    warning ";
/// Directives that PyPI does not allow.
const DISABLED: [&str; 2] = ["include", "raw"];
/// The marks of bullet lists.
const BULLETS: [char; 6] = ['-', '+', '*', '\u{2022}', '\u{2023}', '\u{2043}'];

/// The first mistake in a text, if there is one.
pub(super) fn first_fault(text: &str) -> Option<Fault> {
    let lines: Vec<String> = text.lines().map(expand_tabs).collect();
    let mut parser = Parser {
        inline: Inline::of(text),
        lines,
        at: 0,
        styles: Vec::new(),
        level: 0,
    };
    parser.run().err()
}

struct Parser {
    lines: Vec<String>,
    /// The line that is read next.
    at: usize,
    /// The lines around titles, in the order of their first use, and the level of the section that is read.
    styles: Vec<(Option<char>, char)>,
    level: usize,
    inline: Inline,
}

impl Parser {
    fn run(&mut self) -> Result<(), Fault> {
        while let Some(line) = self.line(self.at).map(str::to_owned) {
            let first = line.chars().next();
            match first {
                None => self.at += 1,
                Some(' ') => self.block_quote()?,
                Some(c) => {
                    if line == ".."
                        || line.starts_with(".. ")
                        || line == "__"
                        || line.starts_with("__ ")
                    {
                        self.explicit(&line)?;
                    } else if is_table(&line) {
                        if !self.skip_table(&line)? {
                            return Ok(());
                        }
                    } else if is_adornment(&line) && line != "::" {
                        self.adornment(&line)?;
                    } else if BULLETS.contains(&c)
                        && matches!(line.chars().nth(1), None | Some(' '))
                    {
                        self.bullet_list(c)?;
                    } else if is_other_body(&line) {
                        self.skip_body();
                    } else {
                        self.text()?;
                    }
                }
            }
        }
        Ok(())
    }

    fn line(&self, at: usize) -> Option<&str> {
        self.lines.get(at).map(String::as_str)
    }

    fn is_blank(&self, at: usize) -> bool {
        self.line(at).is_none_or(str::is_empty)
    }

    fn is_indented(&self, at: usize) -> bool {
        self.line(at).is_some_and(|line| line.starts_with(' '))
    }

    fn fault(at: usize, what: impl Into<String>) -> Fault {
        Fault {
            line: at + 1,
            what: what.into(),
        }
    }

    /// Skips lines that are blank or indented; gives whether a blank line or the end follows the last of them.
    fn skip_indented(&mut self) -> bool {
        while self
            .line(self.at)
            .is_some_and(|line| line.is_empty() || line.starts_with(' '))
        {
            self.at += 1;
        }
        self.at >= self.lines.len()
            || self
                .at
                .checked_sub(1)
                .is_none_or(|last| self.is_blank(last))
    }

    fn block_quote(&mut self) -> Result<(), Fault> {
        if self.skip_indented() {
            return Ok(());
        }
        Err(Self::fault(
            self.at,
            "an indented block ends without a blank line",
        ))
    }

    /// Directives, comments, targets and the like.
    fn explicit(&mut self, line: &str) -> Result<(), Fault> {
        if let Some(name) = directive(line) {
            let known = DIRECTIVES.contains(&format!(" {name} "));
            if DISABLED.contains(&name.as_str()) {
                return Err(Self::fault(
                    self.at,
                    format!("PyPI does not allow the directive `{name}`"),
                ));
            }
            if !known {
                return Err(Self::fault(
                    self.at,
                    format!("the directive `{name}` is unknown"),
                ));
            }
        }
        let is_explicit = |line: &str| line.starts_with("..") || line.starts_with("__");
        self.at += 1;
        if self.skip_indented() || self.line(self.at).is_some_and(is_explicit) {
            return Ok(());
        }
        let what = "a block that begins with `..` ends without a blank line";
        Err(Self::fault(self.at, what))
    }

    /// A line of one character repeated: a transition, or the line above a title.
    fn adornment(&mut self, over: &str) -> Result<(), Fault> {
        let at = self.at;
        if over.len() < 4 {
            self.skip_body();
            return Ok(());
        }
        if self.is_blank(at + 1) {
            self.at += 1;
            return Ok(());
        }
        let title = self.line(at + 1).unwrap_or_default().to_owned();
        if is_adornment(&title) {
            return Err(Self::fault(at, "the section title is not valid"));
        }
        let Some(under) = self.line(at + 2).filter(|under| is_adornment(under)) else {
            return Err(Self::fault(
                at,
                "the section title has a line above and none below",
            ));
        };
        if under != over {
            return Err(Self::fault(
                at,
                "the lines above and below the section title differ",
            ));
        }
        if is_wider(&title, over) {
            return Err(Self::fault(
                at,
                "the line above the section title is too short",
            ));
        }
        let mark = over.chars().next().unwrap_or_default();
        self.section((Some(mark), mark), at)?;
        self.at += 3;
        self.inline.check(title.trim(), at + 1)
    }

    /// A section that begins with a title of this style.
    fn section(&mut self, style: (Option<char>, char), at: usize) -> Result<(), Fault> {
        let known = self.styles.iter().position(|other| *other == style);
        let level = known.unwrap_or(self.styles.len()) + 1;
        if level > self.level + 1 {
            let what = "the style of the section title skips a level";
            return Err(Self::fault(at, what));
        }
        if known.is_none() {
            self.styles.push(style);
        }
        self.level = level;
        Ok(())
    }

    fn bullet_list(&mut self, mark: char) -> Result<(), Fault> {
        self.at += 1;
        if self.skip_indented() {
            return Ok(());
        }
        let next = self.line(self.at).unwrap_or_default();
        let mut chars = next.chars();
        let is_item = chars.next() == Some(mark) && matches!(chars.next(), None | Some(' '));
        if is_item {
            return Ok(());
        }
        Err(Self::fault(self.at, "a list ends without a blank line"))
    }

    /// Skips lists of other kinds, which end at a blank line, with what is indented below them.
    fn skip_body(&mut self) {
        while !self.is_blank(self.at) {
            self.at += 1;
        }
        self.skip_indented();
    }

    /// Skips a table; `false` if its end is not found.
    fn skip_table(&mut self, top: &str) -> Result<bool, Fault> {
        let begin = self.at;
        if top.starts_with('+') {
            while !self.is_blank(self.at) {
                self.at += 1;
            }
            let table = self.lines.get(begin..self.at).unwrap_or_default();
            let is_plain = table.iter().all(|line| line.is_ascii());
            let is_row = |line: &String| {
                line.len() == top.len()
                    && line.starts_with(['+', '|'])
                    && line.ends_with(['+', '|'])
            };
            let wrong = table
                .iter()
                .position(|line| !is_row(line))
                .filter(|_| is_plain);
            return match wrong {
                Some(row) => Err(Self::fault(begin + row, "the table is malformed")),
                None => Ok(true),
            };
        }
        let mut borders = 0;
        while let Some(line) = self.line(self.at) {
            borders +=
                usize::from(line.starts_with('=') && line.chars().all(|c| matches!(c, '=' | ' ')));
            self.at += 1;
            if borders >= 2 && self.is_blank(self.at) {
                // A third border may follow, which ends the table.
                let rest = self.lines.get(self.at..).unwrap_or_default();
                return Ok(!rest
                    .iter()
                    .any(|line| is_table(line) && line.starts_with('='))
                    || borders > 2);
            }
        }
        Ok(false)
    }

    /// A paragraph, a section title or a list of definitions.
    fn text(&mut self) -> Result<(), Fault> {
        let begin = self.at;
        let first = self.line(begin).unwrap_or_default().to_owned();
        self.at += 1;
        if self.is_indented(self.at) {
            return self.definitions();
        }
        if let Some(under) = self
            .line(self.at)
            .filter(|line| is_adornment(line))
            .map(str::to_owned)
        {
            let is_short = is_wider(&first, &under);
            if is_short && under.len() < 4 {
                self.skip_body();
                return Ok(());
            }
            if is_short {
                return Err(Self::fault(
                    self.at,
                    "the line below the section title is too short",
                ));
            }
            // A wide title needs more than its number of characters.
            if !first.is_ascii() && first.chars().count() > under.len() {
                self.skip_body();
                return Ok(());
            }
            self.section((None, under.chars().next().unwrap_or_default()), begin)?;
            self.at += 1;
            return self.inline.check(&first, begin);
        }
        while !self.is_blank(self.at) {
            if self.is_indented(self.at) {
                return Err(Self::fault(
                    self.at,
                    "a line is indented without a blank line before it",
                ));
            }
            self.at += 1;
        }
        let paragraph = self
            .lines
            .get(begin..self.at)
            .unwrap_or_default()
            .join("\n");
        if let Some(text) = paragraph.strip_suffix("::") {
            self.inline.check(text, begin)?;
            return self.literal_block();
        }
        self.inline.check(&paragraph, begin)
    }

    fn definitions(&mut self) -> Result<(), Fault> {
        if self.skip_indented() {
            return Ok(());
        }
        // Another term may follow at once.
        let next = self.line(self.at).unwrap_or_default();
        let is_plain = next.starts_with(|c: char| c.is_ascii_alphabetic());
        let after = self.at + 1;
        let follows = self.is_indented(after) || self.line(after).is_some_and(is_adornment);
        if follows || !is_plain || is_other_body(next) {
            return Ok(());
        }
        Err(Self::fault(
            self.at,
            "a list of definitions ends without a blank line",
        ))
    }

    /// What `::` at the end of a paragraph announces.
    fn literal_block(&mut self) -> Result<(), Fault> {
        while self.line(self.at).is_some_and(str::is_empty) {
            self.at += 1;
        }
        let Some(line) = self.line(self.at) else {
            return Ok(());
        };
        if line.starts_with(' ') {
            return self.block_quote();
        }
        // Lines that begin with the same punctuation are a quoted block.
        if line.starts_with(|c: char| c.is_ascii_punctuation()) {
            while !self.is_blank(self.at) {
                self.at += 1;
            }
            return Ok(());
        }
        Err(Self::fault(
            self.at,
            "a literal block is announced with `::`, but nothing is indented",
        ))
    }
}
