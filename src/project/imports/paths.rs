//! Evaluates the expressions that make a path, as far as that needs no Python.

use std::collections::BTreeMap;

use super::syntax::{Token, statements};
use super::value::{Value, fill};
use crate::text::path::below;

/// Names of functions that load a shared library.
pub(super) const LOADERS: [&str; 9] = [
    "CDLL",
    "LoadLibrary",
    "OleDLL",
    "PyDLL",
    "WinDLL",
    "cdll",
    "dlopen",
    "load_library",
    "windll",
];

/// How deep expressions may be nested.
const MAX_DEPTH: usize = 32;

/// Reads expressions from the tokens of a statement.
pub(super) struct Evaluator<'a, 't> {
    tokens: &'a [Token<'t>],
    at: usize,
    depth: usize,
    folder: &'a str,
    variables: &'a BTreeMap<String, Value>,
    /// Paths that are used in a way that does not make another path of them.
    pub(super) found: Vec<Value>,
    /// Whether a function that loads a library gets a path that is not known.
    pub(super) unresolved: bool,
}

impl<'a, 't> Evaluator<'a, 't> {
    pub(super) fn run(
        tokens: &'a [Token<'t>],
        folder: &'a str,
        variables: &'a BTreeMap<String, Value>,
    ) -> Self {
        let mut evaluator = Self::new(tokens, folder, variables);
        while evaluator.at < tokens.len() {
            let value = evaluator.expression();
            evaluator.keep(value);
        }
        evaluator
    }

    fn new(
        tokens: &'a [Token<'t>],
        folder: &'a str,
        variables: &'a BTreeMap<String, Value>,
    ) -> Self {
        Self {
            tokens,
            at: 0,
            depth: 0,
            folder,
            variables,
            found: Vec::new(),
            unresolved: false,
        }
    }

    fn keep(&mut self, value: Value) {
        if value.anchored {
            self.found.push(value);
        }
    }

    fn keep_all(&mut self, values: Vec<Value>) {
        self.found
            .extend(values.into_iter().filter(|value| value.anchored));
    }

    fn sign(&self) -> Option<char> {
        match self.tokens.get(self.at) {
            Some(Token::Sign(sign)) => Some(*sign),
            _ => None,
        }
    }

    /// Takes one token, if it is this sign.
    fn takes(&mut self, sign: char) -> bool {
        let is_next = self.sign() == Some(sign);
        self.at += usize::from(is_next);
        is_next
    }

    /// Always takes at least one token.
    fn expression(&mut self) -> Value {
        // Nothing that is nested deeper is a path, and the stack must not overflow.
        if self.depth == MAX_DEPTH {
            self.at += 1;
            return Value::unknown();
        }
        self.depth += 1;
        let mut value = self.product();
        while self.takes('+') {
            value = value.concat(self.product());
        }
        self.depth -= 1;
        value
    }

    fn product(&mut self) -> Value {
        let mut value = self.operand();
        loop {
            if self.takes('/') {
                value = value.join(self.operand());
            } else if self.takes('%') {
                let given = if self.takes('(') {
                    self.arguments()
                } else {
                    vec![self.operand()]
                };
                value = fill(
                    &value,
                    '%',
                    |rest| rest.chars().next().map(char::len_utf8),
                    given,
                );
            } else {
                return value;
            }
        }
    }

    fn operand(&mut self) -> Value {
        let Some(token) = self.tokens.get(self.at) else {
            return Value::unknown();
        };
        self.at += 1;
        let value = match token {
            Token::Text(_) | Token::Format(_) => {
                self.at -= 1;
                self.strings()
            }
            Token::Sign('(') => {
                let mut inner = self.arguments();
                if inner.len() == 1 {
                    inner.remove(0)
                } else {
                    self.keep_all(inner);
                    Value::unknown()
                }
            }
            Token::Sign('[' | '{') => {
                let inner = self.arguments();
                self.keep_all(inner);
                Value::unknown()
            }
            Token::Name("__file__") => Value::anchored(below(self.folder, "__file__")),
            Token::Name(name) => match self.variables.get(*name) {
                Some(value) if self.sign() != Some('=') => value.clone(),
                _ => self.call(name),
            },
            _ => Value::unknown(),
        };
        self.attributes(value)
    }

    /// Literals side by side are one string.
    fn strings(&mut self) -> Value {
        let mut value = Value::default();
        while let Some(token) = self.tokens.get(self.at) {
            match token {
                Token::Text(text) => value = value.concat(Value::text(&text.replace("\\\\", "/"))),
                Token::Format(text) => {
                    let given = |inner: &str| {
                        let lines = statements(inner);
                        let tokens = lines.first().map_or(&[][..], |line| &line.tokens);
                        let mut inner = Evaluator::new(tokens, self.folder, self.variables);
                        let value = inner.expression();
                        // A format or a conversion follows, or it is more than a path.
                        if inner.at == tokens.len() {
                            value
                        } else {
                            Value::unknown()
                        }
                    };
                    let mut rest = *text;
                    while let Some((before, after)) = rest.split_once('{') {
                        value = value.concat(Value::text(before));
                        let (inner, after) = after.split_once('}').unwrap_or((after, ""));
                        value = value.concat(given(inner));
                        rest = after;
                    }
                    value = value.concat(Value::text(rest));
                }
                _ => break,
            }
            self.at += 1;
        }
        value
    }

    /// A dotted name, and the call of a function that has it.
    fn call(&mut self, first: &str) -> Value {
        let mut function = first;
        while let [Token::Sign('.'), Token::Name(name), ..] =
            &self.tokens[self.at.min(self.tokens.len())..]
        {
            function = name;
            self.at += 2;
        }
        if !self.takes('(') {
            return Value::unknown();
        }
        let begin = self.at;
        let mut given = self.arguments();
        let words = &self.tokens[begin..self.at];
        let is_own = matches!(words.first(), Some(Token::Name("__package__" | "__name__")))
            || given.is_empty();
        match (function, given.len()) {
            ("join" | "Path" | "PurePath" | "PosixPath", 1..) => {
                given.into_iter().reduce(Value::join).unwrap_or_default()
            }
            (
                "str" | "fspath" | "fsencode" | "fsdecode" | "as_file" | "enter_context" | "glob"
                | "iglob" | "expanduser",
                1,
            ) => given.remove(0),
            ("abspath" | "normpath" | "realpath", 1) => given.remove(0).normalized(),
            ("dirname", 1) => given.remove(0).dirname(),
            ("files" | "resource_filename", _) if is_own || !given[0].open => {
                let package = if is_own {
                    self.folder.to_owned()
                } else {
                    given[0].text.replace('.', "/")
                };
                let rest = given.into_iter().skip(1);
                rest.fold(Value::anchored(package), Value::join)
            }
            // NumPy's takes the name, without its ending, and then the folder.
            ("load_library", 2) => {
                let name = given.remove(0).concat(Value::unknown());
                let folder = given.remove(0);
                let folder = if folder.text.ends_with("__file__") {
                    folder.dirname()
                } else {
                    folder
                };
                let path = folder.join(name);
                self.unresolved |= !path.anchored;
                self.keep(path);
                Value::unknown()
            }
            (function, _) => {
                let finds = words.contains(&Token::Name("find_library"))
                    || matches!(words.first(), Some(Token::Name("None")));
                let is_open = given.first().is_some_and(|path| path.open);
                self.unresolved |= LOADERS.contains(&function) && is_open && !finds;
                self.keep_all(given);
                Value::unknown()
            }
        }
    }

    /// What follows a value: attributes, calls of its methods, an index.
    fn attributes(&mut self, mut value: Value) -> Value {
        loop {
            if self.takes('[') {
                let inner = self.arguments();
                self.keep_all(inner);
                continue;
            }
            if self.takes('(') {
                let inner = self.arguments();
                self.keep_all(inner);
                value = Value::unknown();
                continue;
            }
            let (Some('.'), Some(Token::Name(name))) = (self.sign(), self.tokens.get(self.at + 1))
            else {
                return value;
            };
            self.at += 2;
            let given = if self.takes('(') {
                self.arguments()
            } else {
                Vec::new()
            };
            value = match *name {
                "parent" => value.parent(),
                "resolve" | "absolute" => value.normalized(),
                "as_posix" | "expanduser" | "__fspath__" | "__str__" => value,
                "joinpath" => given.into_iter().fold(value, Value::join),
                "with_name" => given.into_iter().fold(value.dirname(), Value::join),
                "glob" | "rglob" | "iterdir" => value.join(Value::unknown()),
                "format" => fill(&value, '{', |rest| rest.find('}').map(|end| end + 1), given),
                _ => {
                    self.keep(value);
                    self.keep_all(given);
                    Value::unknown()
                }
            };
        }
    }

    /// The values up to the closing bracket.
    fn arguments(&mut self) -> Vec<Value> {
        let mut values = Vec::new();
        while self.at < self.tokens.len() {
            if let Some(')' | ']' | '}') = self.sign() {
                self.at += 1;
                break;
            }
            if self.takes(',') {
                continue;
            }
            if self.takes('*') {
                // The elements of a literal list are known, those of a variable are not.
                if self.takes('[') || self.takes('(') {
                    values.extend(self.arguments());
                } else {
                    self.expression();
                    values.extend([Value::unknown(), Value::unknown()]);
                }
                continue;
            }
            if let [Token::Name(_), Token::Sign('='), ..] = &self.tokens[self.at..] {
                self.at += 2;
            }
            let mut value = self.expression();
            // More than one expression: a condition, a comprehension, an entry of a dictionary.
            while !matches!(self.sign(), Some(',' | ')' | ']' | '}')) && self.at < self.tokens.len()
            {
                let other = self.expression();
                self.keep(other);
                if !value.anchored {
                    value = Value::unknown();
                }
            }
            values.push(value);
        }
        values
    }
}
