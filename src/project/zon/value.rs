//! ZON as values: what a manifest is read from.
//!
//! Takes a text, gives a [`Node`] with the place of each value, or the first thing that is not ZON.
//! Values that no manifest needs (numbers, characters) are [`Value::Other`]. Zig reports what is wrong
//! with a text that is accepted here but not by Zig.
//!
//! Source: the grammar of Zig's `std.zig.Ast` in the mode `zon`.

use super::token::{Token, Tokens};

/// Structs lie at most so deep in each other; a manifest needs three.
const DEEPEST: usize = 64;

/// A value and where it begins, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) at: usize,
    pub(super) value: Value,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// `.{ .name = value, … }`; also `.{}`.
    Struct(Vec<Field>),
    /// `.{ value, … }`
    Tuple(Vec<Node>),
    /// `"text"`, with escapes replaced.
    Text(String),
    /// An enum literal.
    ///
    /// Ex) `.hello`
    Name(String),
    Bool(bool),
    Other,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) name: String,
    /// Where the name begins.
    pub(super) at: usize,
    pub(super) node: Node,
}

/// The first thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::project) struct ZonError {
    pub(in crate::project) at: usize,
    pub(in crate::project) message: String,
}

impl Node {
    /// The fields, if it is a struct.
    pub(super) fn fields(&self) -> Option<&[Field]> {
        match &self.value {
            Value::Struct(fields) => Some(fields),
            _ => None,
        }
    }
}

/// Reads a text that is one value.
pub(super) fn parse(text: &str) -> Result<Node, ZonError> {
    let mut parser = Parser {
        text,
        tokens: Tokens::of(text),
        depth: 0,
    };
    let node = parser.value()?;
    match parser.next() {
        (_, Token::End) => Ok(node),
        (at, found) => Err(expected("the end of the file", at, found)),
    }
}

struct Parser<'a> {
    text: &'a str,
    tokens: Tokens<'a>,
    depth: usize,
}

impl<'a> Parser<'a> {
    /// The next token and where it begins.
    fn next(&mut self) -> (usize, Token<'a>) {
        self.tokens.skip_blank();
        let at = self.tokens.offset();
        (at, self.tokens.next())
    }

    fn peek(&mut self) -> (usize, Token<'a>) {
        self.tokens.skip_blank();
        let at = self.tokens.offset();
        (at, self.tokens.clone().next())
    }

    fn value(&mut self) -> Result<Node, ZonError> {
        let (at, token) = self.next();
        let value = match token {
            Token::Mark('.') => self.after_dot()?,
            Token::Text(raw) => Value::Text(self.text_of(at, raw)?),
            Token::Line(first) => Value::Text(self.lines(first)),
            Token::Name("true") => Value::Bool(true),
            Token::Name("false") => Value::Bool(false),
            Token::Char | Token::Name("null" | "nan" | "inf") => Value::Other,
            Token::Name(word) if word.starts_with(|c: char| c.is_ascii_digit()) => self.number(),
            Token::Mark('-') => match self.next() {
                (_, Token::Name("nan" | "inf")) => Value::Other,
                (_, Token::Name(word)) if word.starts_with(|c: char| c.is_ascii_digit()) => {
                    self.number()
                }
                (at, found) => return Err(expected("a number", at, found)),
            },
            found => return Err(expected("a value", at, found)),
        };
        Ok(Node { at, value })
    }

    /// A struct, a tuple or an enum literal, whose dot has been read.
    fn after_dot(&mut self) -> Result<Value, ZonError> {
        match self.next() {
            (at, Token::Mark('{')) => {
                self.depth += 1;
                if self.depth > DEEPEST {
                    return Err(ZonError {
                        at,
                        message: format!("more than {DEEPEST} structs lie in each other"),
                    });
                }
                let value = self.braced()?;
                self.depth -= 1;
                Ok(value)
            }
            (at, Token::Name(raw)) => Ok(Value::Name(decoded(at, raw)?)),
            (at, found) => Err(expected("`{` or a name", at, found)),
        }
    }

    /// What is between braces, the first of which has been read.
    fn braced(&mut self) -> Result<Value, ZonError> {
        let mut fields: Vec<Field> = Vec::new();
        let mut items = Vec::new();
        loop {
            if let (_, Token::Mark('}')) = self.peek() {
                self.next();
                break;
            }
            if let Some((at, name)) = self.field_name()? {
                if fields.iter().any(|field| field.name == name) {
                    let message = format!("the field `{name}` occurs twice");
                    return Err(ZonError { at, message });
                }
                let node = self.value()?;
                fields.push(Field { name, at, node });
            } else {
                items.push(self.value()?);
            }
            match self.next() {
                (_, Token::Mark(',')) => {}
                (_, Token::Mark('}')) => break,
                (at, found) => return Err(expected("`,` or `}`", at, found)),
            }
        }
        Ok(if items.is_empty() {
            Value::Struct(fields)
        } else {
            Value::Tuple(items)
        })
    }

    /// `.name =`, if that comes next, and where the name begins.
    fn field_name(&mut self) -> Result<Option<(usize, String)>, ZonError> {
        let mut ahead = self.tokens.clone();
        if ahead.next() != Token::Mark('.') {
            return Ok(None);
        }
        ahead.skip_blank();
        let at = ahead.offset();
        let Token::Name(raw) = ahead.next() else {
            return Ok(None);
        };
        if ahead.next() != Token::Mark('=') {
            return Ok(None);
        }
        self.tokens = ahead;
        Ok(Some((at, decoded(at, raw)?)))
    }

    /// The rest of a number, such as `.5` of `1.5`; of no interest.
    fn number(&mut self) -> Value {
        let end = self.tokens.offset();
        if self.peek() == (end, Token::Mark('.')) {
            self.next();
            self.next();
        }
        Value::Other
    }

    /// A string, whose tokens end with the line even where no quote closes it.
    fn text_of(&self, at: usize, raw: &str) -> Result<String, ZonError> {
        let closed = self.text[..self.tokens.offset()].ends_with('"')
            && self.tokens.offset() >= at + raw.len() + 2;
        if !closed {
            let message = "a string that is not closed on its line".to_owned();
            return Err(ZonError { at, message });
        }
        decoded(at, raw)
    }

    fn lines(&mut self, first: &str) -> String {
        let mut text = first.to_owned();
        while let (_, Token::Line(line)) = self.peek() {
            self.next();
            text.push('\n');
            text.push_str(line);
        }
        text
    }
}

/// A text with its escapes replaced.
fn decoded(at: usize, raw: &str) -> Result<String, ZonError> {
    unescape(raw).ok_or_else(|| ZonError {
        at,
        message: format!("`{raw}` has an escape that Zig does not know"),
    })
}

fn expected(what: &str, at: usize, found: Token<'_>) -> ZonError {
    let found = match found {
        Token::End => "the file ends".to_owned(),
        Token::Mark(mark) => format!("there is `{mark}`"),
        Token::Name(name) => format!("there is `{name}`"),
        Token::Text(_) | Token::Line(_) => "there is a string".to_owned(),
        Token::Char => "there is a character".to_owned(),
    };
    ZonError {
        at,
        message: format!("{what} is expected where {found}"),
    }
}

/// Source: "Escape Sequences" of Zig's language reference.
fn unescape(raw: &str) -> Option<String> {
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((before, after)) = rest.split_once('\\') {
        text.push_str(before);
        let mut chars = after.chars();
        let (c, length) = match chars.next()? {
            'n' => ('\n', 1),
            'r' => ('\r', 1),
            't' => ('\t', 1),
            c @ ('\\' | '\'' | '"') => (c, 1),
            'x' => (
                char::from(u8::from_str_radix(after.get(1..3)?, 16).ok()?),
                3,
            ),
            'u' => {
                let (digits, _) = after[1..].strip_prefix('{')?.split_once('}')?;
                let code = u32::from_str_radix(digits, 16).ok()?;
                (char::from_u32(code)?, digits.len() + 3)
            }
            _ => return None,
        };
        text.push(c);
        rest = &after[length..];
    }
    text.push_str(rest);
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    fn fields(source: &str) -> Vec<(String, Value)> {
        let node = parse(source).unwrap_or_else(|error| panic!("{error:?} in {source}"));
        let fields = node.fields().unwrap().iter().cloned();
        fields.map(|field| (field.name, field.node.value)).collect()
    }

    #[test]
    fn every_kind_of_value_is_read() {
        let source = r#"
            // A comment with a "quote
            .{ .text = "a\"b\\\x41\u{e9}", .@"a b" = .name, .yes = true, .no = false,
               .empty = .{}, .list = .{ 1, -2.5, 'x', '"', "s", .{ .a = 1 } }, .hex = 0xfed, .nothing = null,
               .lines =
                   \\first "
                   \\ second
               , .last = .@"x y" }
        "#;
        let expected = [
            ("text", text("a\"b\\A\u{e9}")),
            ("a b", Value::Name("name".to_owned())),
            ("yes", Value::Bool(true)),
            ("no", Value::Bool(false)),
            ("empty", Value::Struct(Vec::new())),
            ("list", Value::Other),
            ("hex", Value::Other),
            ("nothing", Value::Other),
            ("lines", text("first \"\n second")),
            ("last", Value::Name("x y".to_owned())),
        ];
        let found = fields(source).into_iter().map(|(name, value)| match value {
            Value::Tuple(items) => {
                assert_eq!((items.len(), &items[4].value), (6, &text("s")));
                (name, Value::Other)
            }
            value => (name, value),
        });
        assert_eq!(
            found.collect::<Vec<_>>(),
            expected.map(|(name, value)| (name.to_owned(), value))
        );
        assert_eq!(parse("\u{feff}.{}").unwrap().value, Value::Struct(vec![]));
    }

    #[test]
    fn what_is_not_zon_is_told_with_its_place() {
        for (source, at, words) in [
            ("", 0, "a value is expected where the file ends"),
            (".{", 2, "expected where the file ends"),
            (".{ .a = }", 8, "a value is expected where there is `}`"),
            (".{ .a = \"b }", 8, "not closed"),
            (".{ .a = \"", 8, "not closed"),
            (".{ .a = \"\\\"", 8, "not closed"),
            (".{ .a = \"\\q\" }", 8, "an escape"),
            (".{ .a = \"\\u{110000}\" }", 8, "an escape"),
            (".{ .a = 1 .b = 2 }", 10, "`,` or `}` is expected"),
            (".{ .a = 1, .a = 2 }", 12, "the field `a` occurs twice"),
            (".{} .{}", 4, "the end of the file is expected"),
            (".{ .a = x }", 8, "a value is expected where there is `x`"),
            (".{ .a = -x }", 9, "a number is expected"),
            ("{}", 0, "a value is expected"),
        ] {
            let error = parse(source).unwrap_err();
            assert!(error.message.contains(words), "{source}: {error:?}");
            assert_eq!(error.at, at, "{source}");
        }
        let deep = ".{ .a = ".repeat(100_000);
        assert!(parse(&deep).unwrap_err().message.contains("more than 64"));
    }

    #[test]
    fn no_text_makes_the_parser_panic() {
        use proptest::prelude::*;
        let part = prop::sample::select(vec![
            ".", "{", "}", "=", ",", "\"", "\\", "\\\\", "//", "\n", "'", "@\"", "a", "-", "1",
            "\u{e9}", "\\x", "\\u{", "\u{feff}",
        ]);
        let texts = prop::collection::vec(part, 0..40).prop_map(|parts| parts.concat());
        proptest!(|(source in texts)| { let _ = parse(&source); });
    }
}
