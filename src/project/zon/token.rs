//! The words and marks of ZON; never fails, so that a scan can go on behind what is wrong.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A word, also a quoted identifier (`@"name"`) without its quotes.
    Name(&'a str),
    /// What is between the quotes of a string, as written.
    Text(&'a str),
    /// A line of a multiline string, without the backslashes before it.
    Line(&'a str),
    /// A character in single quotes.
    Char,
    Mark(char),
    End,
}

#[derive(Debug, Clone)]
pub(super) struct Tokens<'a> {
    text: &'a str,
    rest: &'a str,
}

impl<'a> Tokens<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let rest = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self { text, rest }
    }

    /// How far it has come, in bytes.
    pub(super) fn offset(&self) -> usize {
        self.text.len() - self.rest.len()
    }

    pub(super) fn next(&mut self) -> Token<'a> {
        self.skip_blank();
        if let Some(line) = self.rest.strip_prefix("\\\\") {
            let end = line.find('\n').unwrap_or(line.len());
            self.rest = &line[end..];
            return Token::Line(line[..end].trim_end_matches('\r'));
        }
        let mut chars = self.rest.chars();
        match chars.next() {
            None => Token::End,
            Some('"') => Token::Text(self.quoted('"')),
            Some('\'') => {
                self.quoted('\'');
                Token::Char
            }
            Some('@') if chars.as_str().starts_with('"') => {
                self.rest = chars.as_str();
                Token::Name(self.quoted('"'))
            }
            Some(c) if is_word(c) => {
                let end = self.rest.find(|c| !is_word(c)).unwrap_or(self.rest.len());
                let (word, rest) = self.rest.split_at(end);
                self.rest = rest;
                Token::Name(word)
            }
            Some(c) => {
                self.rest = chars.as_str();
                Token::Mark(c)
            }
        }
    }

    /// Goes to where the next token begins.
    pub(super) fn skip_blank(&mut self) {
        loop {
            self.rest = self.rest.trim_start();
            if !self.rest.starts_with("//") {
                return;
            }
            let end = self.rest.find('\n').unwrap_or(self.rest.len());
            self.rest = &self.rest[end..];
        }
    }

    /// The inside of what begins and ends with the quote; an unclosed one ends with the line.
    fn quoted(&mut self, quote: char) -> &'a str {
        let inside = &self.rest[1..];
        let mut escaped = false;
        for (at, c) in inside.char_indices() {
            match c {
                '\n' => {
                    self.rest = &inside[at..];
                    return &inside[..at];
                }
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                _ if c == quote => {
                    self.rest = &inside[at + 1..];
                    return &inside[..at];
                }
                _ => {}
            }
        }
        self.rest = "";
        inside
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}
