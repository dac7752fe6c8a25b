//! Evaluates the expressions that make a path, as far as that needs no Python.

use std::collections::BTreeMap;

use super::loads::LOADERS;
use super::syntax::{Token, statements};

/// A string or a path, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Value {
    /// Whether it begins at the folder that the package is installed to.
    pub(super) anchored: bool,
    pub(super) text: String,
    /// Whether characters may follow that only Python knows.
    pub(super) open: bool,
}

impl Value {
    fn unknown() -> Self {
        Self {
            open: true,
            ..Self::default()
        }
    }

    fn text(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            ..Self::default()
        }
    }

    fn anchored(text: String) -> Self {
        Self {
            anchored: true,
            text,
            open: false,
        }
    }

    fn concat(self, more: Self) -> Self {
        if self.open {
            // An unknown part of a file name leaves the folder known, an unknown folder does not.
            return match more.text.contains('/') || more.anchored {
                true => Self::unknown(),
                false => self,
            };
        }
        if more.anchored && !self.text.is_empty() {
            return Self::unknown();
        }
        Self {
            anchored: self.anchored || more.anchored,
            text: self.text + &more.text,
            open: more.open,
        }
    }

    fn join(self, more: Self) -> Self {
        if more.anchored {
            return more;
        }
        if self.open {
            return Self::unknown();
        }
        let slash = if self.text.is_empty() || self.text.ends_with('/') {
            ""
        } else {
            "/"
        };
        self.concat(Self::text(slash)).concat(more)
    }

    /// The folder that this is in.
    fn parent(mut self) -> Self {
        match self.text.trim_end_matches('/').rsplit_once('/') {
            Some((folder, _)) => self.text = folder.to_owned(),
            None if self.text.is_empty() || self.text == ".." => self.text = "..".to_owned(),
            None => self.text.clear(),
        }
        self.open = self.open && !self.anchored;
        self
    }

    /// The folder that this is in, for a value that may end in an unknown file name.
    fn dirname(mut self) -> Self {
        if self.anchored && self.open && self.text.ends_with('/') {
            self.text.pop();
            self.open = false;
            return self;
        }
        self.parent()
    }

    fn normalized(mut self) -> Self {
        if self.anchored {
            let ends = self.text.ends_with('/');
            self.text = components(&self.text).join("/");
            if ends && !self.text.is_empty() {
                self.text.push('/');
            }
        }
        self
    }
}

/// The components of a path, without `.` and, where possible, `..`.
pub(super) fn components(text: &str) -> Vec<String> {
    let mut path: Vec<String> = Vec::new();
    for part in text.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." if path.last().is_some_and(|last| last != "..") => {
                path.pop();
            }
            part => path.push(part.to_owned()),
        }
    }
    path
}

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
                let given = match self.takes('(') {
                    true => self.arguments(),
                    false => vec![self.operand()],
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
                match inner.len() {
                    1 => inner.remove(0),
                    _ => {
                        inner.into_iter().for_each(|value| self.keep(value));
                        Value::unknown()
                    }
                }
            }
            Token::Sign('[' | '{') => {
                let inner = self.arguments();
                inner.into_iter().for_each(|value| self.keep(value));
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
                        match inner.at == tokens.len() {
                            true => value,
                            false => Value::unknown(),
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
                let package = match is_own {
                    true => self.folder.to_owned(),
                    false => given[0].text.replace('.', "/"),
                };
                let rest = given.into_iter().skip(1);
                rest.fold(Value::anchored(package), Value::join)
            }
            // NumPy's takes the name, without its ending, and then the folder.
            ("load_library", 2) => {
                let name = given.remove(0).concat(Value::unknown());
                let folder = given.remove(0);
                let folder = match folder.text.ends_with("__file__") {
                    true => folder.dirname(),
                    false => folder,
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
                given.into_iter().for_each(|value| self.keep(value));
                Value::unknown()
            }
        }
    }

    /// What follows a value: attributes, calls of its methods, an index.
    fn attributes(&mut self, mut value: Value) -> Value {
        loop {
            if self.takes('[') {
                let inner = self.arguments();
                inner.into_iter().for_each(|inner| self.keep(inner));
                continue;
            }
            if self.takes('(') {
                let inner = self.arguments();
                inner.into_iter().for_each(|inner| self.keep(inner));
                value = Value::unknown();
                continue;
            }
            let (Some('.'), Some(Token::Name(name))) = (self.sign(), self.tokens.get(self.at + 1))
            else {
                return value;
            };
            self.at += 2;
            let given = match self.takes('(') {
                true => self.arguments(),
                false => Vec::new(),
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
                    given.into_iter().for_each(|value| self.keep(value));
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
                match self.takes('[') || self.takes('(') {
                    true => values.extend(self.arguments()),
                    false => {
                        self.expression();
                        values.extend([Value::unknown(), Value::unknown()]);
                    }
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

fn below(folder: &str, name: &str) -> String {
    match folder {
        "" => name.to_owned(),
        folder => format!("{folder}/{name}"),
    }
}

/// Puts values into the places of a text that begin with `sign`; `length` tells how long the rest of a place is.
fn fill(
    template: &Value,
    sign: char,
    length: impl Fn(&str) -> Option<usize>,
    given: Vec<Value>,
) -> Value {
    if template.anchored || template.open {
        return template.clone();
    }
    let mut given = given.into_iter();
    let mut value = Value::default();
    let mut rest = template.text.as_str();
    while let Some((before, after)) = rest.split_once(sign) {
        value = value.concat(Value::text(before));
        let end = length(after).unwrap_or(after.len());
        let next = match &after[..end] {
            "}" | "s" => given.next(),
            place => {
                let index = place.trim_end_matches('}').parse().ok();
                index.and_then(|index: usize| given.as_slice().get(index).cloned())
            }
        };
        value = value.concat(next.unwrap_or_else(Value::unknown));
        rest = &after[end..];
    }
    value.concat(Value::text(rest))
}
