//! Python source code as statements: just as much of the grammar as imports and paths need.
//!
//! Lenient: what is not Python gives statements that mean nothing. Source: The Python Language Reference,
//! "Lexical analysis".

/// A piece of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token<'t> {
    /// An identifier or a keyword.
    Name(&'t str),
    /// The content of a string literal.
    Text(&'t str),
    /// An f-string, whose value only Python knows.
    Format(&'t str),
    /// A number.
    Number,
    /// Any other character.
    Sign(char),
}

/// When a statement runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Context {
    /// Whenever its module is imported.
    Always,
    /// Under some condition, or when a function is called.
    Sometimes,
    /// Where an ImportError is caught, or only for type checkers.
    Guarded,
}

/// A simple statement, or the head of a compound one.
#[derive(Debug)]
pub(crate) struct Statement<'t> {
    /// The line where it begins, from 1.
    pub(crate) line: usize,
    pub(crate) context: Context,
    pub(crate) tokens: Vec<Token<'t>>,
}

/// The statements of a module, in order.
pub(crate) fn statements(text: &str) -> Vec<Statement<'_>> {
    let mut blocks: Vec<(usize, Context)> = Vec::new();
    let mut statements = Vec::new();
    for line in Lines::new(text) {
        while blocks
            .last()
            .is_some_and(|(indent, _)| *indent >= line.indent)
        {
            blocks.pop();
        }
        let mut rest = line.tokens;
        let mut context = current(&blocks);
        if let Some((inner, end)) = block(&rest) {
            let body = rest.split_off(end);
            statements.push(Statement {
                line: line.number,
                context,
                tokens: std::mem::replace(&mut rest, body),
            });
            blocks.push((line.indent, inner));
            context = current(&blocks);
        }
        let simple = split_at_semicolons(&rest).into_iter();
        statements.extend(simple.map(|tokens| Statement {
            line: line.number,
            context,
            tokens,
        }));
    }
    statements
}

fn current(blocks: &[(usize, Context)]) -> Context {
    let contexts = blocks.iter().map(|(_, context)| *context);
    contexts.max().unwrap_or(Context::Always)
}

/// What the head of a compound statement says of its body, and the number of tokens with the colon.
fn block(tokens: &[Token<'_>]) -> Option<(Context, usize)> {
    let first = match tokens {
        [Token::Name("async"), Token::Name(name), ..] | [Token::Name(name), ..] => *name,
        _ => return None,
    };
    let mentions = |name| tokens.contains(&Token::Name(name));
    let context = match first {
        "try" | "except" => Context::Guarded,
        "if" | "elif" if mentions("TYPE_CHECKING") && !mentions("not") => Context::Guarded,
        "with" if mentions("suppress") => Context::Guarded,
        "with" | "class" => Context::Always,
        "if" | "elif" | "else" | "finally" | "for" | "while" | "def" => Context::Sometimes,
        "match" | "case" if tokens.last() == Some(&Token::Sign(':')) => Context::Sometimes,
        _ => return None,
    };
    let mut depth = 0_usize;
    let mut lambdas = 0_usize;
    for (index, token) in tokens.iter().enumerate() {
        match token {
            Token::Sign('(' | '[' | '{') => depth += 1,
            Token::Sign(')' | ']' | '}') => depth = depth.saturating_sub(1),
            Token::Name("lambda") if depth == 0 => lambdas += 1,
            Token::Sign(':') if depth == 0 && lambdas > 0 => lambdas -= 1,
            Token::Sign(':') if depth == 0 => return Some((context, index + 1)),
            _ => {}
        }
    }
    None
}

fn split_at_semicolons<'t>(tokens: &[Token<'t>]) -> Vec<Vec<Token<'t>>> {
    let parts = tokens.split(|token| *token == Token::Sign(';'));
    let parts = parts.filter(|part| !part.is_empty());
    parts.map(<[_]>::to_vec).collect()
}

/// A line with all that continues it.
struct Line<'t> {
    number: usize,
    indent: usize,
    tokens: Vec<Token<'t>>,
}

/// The logical lines of a module.
struct Lines<'t> {
    text: &'t str,
    at: usize,
    number: usize,
}

impl<'t> Lines<'t> {
    fn new(text: &'t str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self {
            text,
            at: 0,
            number: 1,
        }
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn next_char(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        self.number += usize::from(next == '\n');
        Some(next)
    }

    /// Takes characters while they fit.
    fn take(&mut self, fits: impl Fn(char) -> bool) -> &'t str {
        let rest = &self.text[self.at..];
        let length = rest.find(|c| !fits(c)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    /// The indentation of a line, with tabs as Python counts them.
    fn indent(&mut self) -> usize {
        let space = self.take(|c| matches!(c, ' ' | '\t' | '\u{c}'));
        space.chars().fold(0, |column, c| match c {
            '\t' => column / 8 * 8 + 8,
            '\u{c}' => 0,
            _ => column + 1,
        })
    }

    /// A string literal from its first quote on.
    fn string(&mut self) -> &'t str {
        let rest = &self.text[self.at..];
        let quote = rest.chars().next().unwrap_or('"');
        let triple: String = std::iter::repeat_n(quote, 3).collect();
        let end: &str = if rest.starts_with(&triple) {
            &triple
        } else {
            &triple[..1]
        };
        self.at += end.len();
        let begin = self.at;
        loop {
            if self.text[self.at..].starts_with(end) {
                let content = &self.text[begin..self.at];
                self.at += end.len();
                return content;
            }
            match self.peek() {
                // A string without an end in its line.
                Some('\n') if end.len() == 1 => return &self.text[begin..self.at],
                None => return &self.text[begin..],
                Some('\\') => {
                    self.next_char();
                    self.next_char();
                }
                Some(_) => {
                    self.next_char();
                }
            }
        }
    }
}

impl<'t> Iterator for Lines<'t> {
    type Item = Line<'t>;

    fn next(&mut self) -> Option<Line<'t>> {
        let mut indent = self.indent();
        let mut number = self.number;
        let mut tokens = Vec::new();
        let mut depth = 0_usize;
        while let Some(next) = self.peek() {
            match next {
                '\n' => {
                    self.next_char();
                    if tokens.is_empty() {
                        indent = self.indent();
                        number = self.number;
                    } else if depth == 0 {
                        break;
                    }
                }
                '#' => {
                    self.take(|c| c != '\n');
                }
                '\\' => {
                    self.next_char();
                    self.take(|c| c == '\r');
                    self.next_char();
                }
                '"' | '\'' => tokens.push(Token::Text(self.string())),
                c if c == '_' || c.is_alphabetic() => {
                    let name = self.take(|c| c == '_' || c.is_alphanumeric());
                    let is_prefix = name.len() <= 2
                        && name.chars().all(|c| "rbuftRBUFT".contains(c))
                        && self.peek().is_some_and(|c| matches!(c, '"' | '\''));
                    tokens.push(match is_prefix {
                        true if name.contains(['f', 'F', 't', 'T']) => Token::Format(self.string()),
                        true => Token::Text(self.string()),
                        false => Token::Name(name),
                    });
                }
                c if c.is_ascii_digit() => {
                    self.take(|c| c == '_' || c.is_alphanumeric());
                    tokens.push(Token::Number);
                }
                c => {
                    self.next_char();
                    match c {
                        '(' | '[' | '{' => depth += 1,
                        ')' | ']' | '}' => depth = depth.saturating_sub(1),
                        _ => {}
                    }
                    if !c.is_whitespace() {
                        tokens.push(Token::Sign(c));
                    }
                }
            }
        }
        (!tokens.is_empty()).then_some(Line {
            number,
            indent,
            tokens,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Context::{Always, Guarded, Sometimes};
    use super::*;

    #[test]
    fn statements_end_where_python_ends_them() {
        let text = "\u{feff}\"\"\"Doc\nfrom . import no\n\"\"\"\nx = (1,  # from . import no\n\n  'a\\'b')\n\
            if x: import a; import b\ny = \\\n  f'{x}' r\"\\d\" z\nimport c";
        let lines: Vec<_> = statements(text)
            .iter()
            .map(|one| (one.line, one.tokens.len()))
            .collect();
        assert_eq!(
            lines,
            [(1, 1), (4, 7), (7, 3), (7, 2), (7, 2), (8, 5), (10, 2)]
        );
    }

    #[test]
    fn blocks_tell_when_their_statements_run() {
        let text = "import a\ntry:\n    import b\n\n# odd\n    if x:\n\timport c\nexcept (A, B) as e: import d\n\
            def f(x: int = {1: 2}):\n  import e\nclass C:\n  import g\nwith suppress(ImportError):\n  import h\n\
            with open('x'):\n  import i\nif typing.TYPE_CHECKING:\n  import j\nelse:\n  import k\nimport l\n\
            if not TYPE_CHECKING: import m\nmatch = 1\nimport n\n";
        let found: Vec<_> = statements(text)
            .into_iter()
            .filter_map(|one| match one.tokens[..] {
                [Token::Name("import"), Token::Name(name)] => Some((name, one.context)),
                _ => None,
            })
            .collect();
        let expected = [
            ("a", Always),
            ("b", Guarded),
            ("c", Guarded),
            ("d", Guarded),
            ("e", Sometimes),
            ("g", Always),
            ("h", Guarded),
            ("i", Always),
            ("j", Guarded),
            ("k", Sometimes),
            ("l", Always),
            ("m", Sometimes),
            ("n", Always),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn anything_is_read_to_its_end() {
        for text in [
            "'",
            "\"\"\"x",
            "\\",
            "(((\n",
            "f'",
            "é = '\\",
            "\\\r\n",
            ")]}",
            "\u{c}x\n\ty",
        ] {
            statements(text);
        }
    }
}
