//! From which folder a package loads its shared libraries, by the paths that it makes of `__file__`.

use std::collections::BTreeMap;

use super::syntax::{Statement, Token};

/// A path that a Python file makes, from the place where it is installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Load {
    pub(super) line: usize,
    /// The path as far as it is known, below site-packages.
    pub(super) path: Vec<String>,
    /// Whether more is joined to it that only Python knows.
    pub(super) open: bool,
}

/// Names of functions that load a shared library.
const LOADERS: [&str; 9] = [
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
/// What may stand around `__file__` without leading elsewhere; `dirname` goes up.
const AROUND: [&str; 10] = [
    "Path", "PurePath", "abspath", "dirname", "fspath", "normpath", "os", "path", "pathlib",
    "realpath",
];

/// The paths of a file in the folder `folder`; none if it loads no library.
pub(super) fn loads(statements: &[Statement<'_>], folder: &[&str]) -> Vec<Load> {
    let is_loader =
        |token: &Token<'_>| matches!(token, Token::Name(name) if LOADERS.contains(name));
    if !statements
        .iter()
        .any(|statement| statement.tokens.iter().any(is_loader))
    {
        return Vec::new();
    }
    let mut variables: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut loads = Vec::new();
    for statement in statements {
        let tokens = &statement.tokens[..];
        let mut paths = Paths {
            tokens,
            folder,
            variables: &variables,
        }
        .collect();
        let assigned = match tokens {
            [Token::Name(name), Token::Sign('=' | ':'), ..] => Some(*name),
            _ => None,
        };
        if let (Some(name), [(path, false)]) = (assigned, &paths[..]) {
            variables.insert(name, path.clone());
        }
        // A folder alone, as `HERE = Path(__file__).parent`, loads nothing.
        paths.retain(|(path, open)| *open || !folder.starts_with(&as_strs(path)));
        loads.extend(paths.into_iter().map(|(path, open)| Load {
            line: statement.line,
            path,
            open,
        }));
    }
    loads
}

fn as_strs(path: &[String]) -> Vec<&str> {
    path.iter().map(String::as_str).collect()
}

/// The paths in the tokens of a statement.
struct Paths<'a, 't> {
    tokens: &'a [Token<'t>],
    folder: &'a [&'a str],
    variables: &'a BTreeMap<&'t str, Vec<String>>,
}

impl Paths<'_, '_> {
    fn collect(&self) -> Vec<(Vec<String>, bool)> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() {
            match self.anchor(at) {
                Some((base, after)) => {
                    let (path, open, end) = self.join(base, after);
                    found.push((path, open));
                    at = end.max(at + 1);
                }
                None => at += 1,
            }
        }
        found
    }

    fn name(&self, at: usize) -> Option<&str> {
        match self.tokens.get(at) {
            Some(Token::Name(name)) => Some(name),
            _ => None,
        }
    }

    fn sign(&self, at: usize) -> Option<char> {
        match self.tokens.get(at) {
            Some(Token::Sign(sign)) => Some(*sign),
            _ => None,
        }
    }

    /// A folder that is known where it begins, and the index behind it.
    fn anchor(&self, at: usize) -> Option<(Vec<String>, usize)> {
        let own = || {
            self.folder
                .iter()
                .map(|part| (*part).to_owned())
                .collect::<Vec<_>>()
        };
        let is_attribute = at > 0 && self.sign(at - 1) == Some('.');
        match self.name(at)? {
            "__file__" => {
                let mut path = own();
                path.push("__file__".to_owned());
                let before = (0..at)
                    .rev()
                    .take_while(|&index| match &self.tokens[index] {
                        Token::Name(name) => AROUND.contains(name),
                        sign => matches!(sign, Token::Sign('(' | '.')),
                    });
                let ups = before
                    .filter(|&index| self.name(index) == Some("dirname"))
                    .count();
                (0..ups).for_each(|_| up(&mut path));
                Some((path, at + 1))
            }
            "files" if self.sign(at + 1) == Some('(') => {
                let path = match self.tokens.get(at + 2)? {
                    Token::Text(package) => package.split('.').map(str::to_owned).collect(),
                    Token::Name("__package__" | "__name__") => own(),
                    _ => return None,
                };
                Some((path, at + 4))
            }
            name if !is_attribute && self.sign(at + 1) != Some('=') => {
                Some((self.variables.get(name)?.clone(), at + 1))
            }
            _ => None,
        }
    }

    /// What is joined to a path: the whole, whether there is more, and the index behind it.
    fn join(&self, mut path: Vec<String>, mut at: usize) -> (Vec<String>, bool, usize) {
        loop {
            match (self.sign(at), self.name(at + 1)) {
                (Some(')'), _) => at += 1,
                (Some('.'), Some("parent")) => {
                    up(&mut path);
                    at += 2;
                }
                (Some('.'), Some("resolve" | "absolute")) => at += 4,
                (Some('.'), Some("with_name")) => {
                    path.pop();
                    at += 2;
                }
                (Some('.'), Some("joinpath")) => at += 2,
                (Some('.'), Some("glob" | "iterdir" | "rglob")) => return (path, true, at),
                (Some('/' | ',' | '+' | '('), _) => match self.tokens.get(at + 1) {
                    Some(Token::Text(text)) => {
                        push(&mut path, text);
                        at += 2;
                    }
                    Some(Token::Format(text)) => {
                        let known = text.split('{').next().unwrap_or_default();
                        let (folders, name) = known.rsplit_once('/').unwrap_or(("", known));
                        push(&mut path, folders);
                        if !name.is_empty() {
                            path.push(name.to_owned());
                        }
                        return (path, name.is_empty(), at + 2);
                    }
                    next => {
                        let more =
                            matches!(next, Some(Token::Name(_))) && self.sign(at) != Some('(');
                        return (path, more, at + 1);
                    }
                },
                _ => return (path, false, at),
            }
        }
    }
}

/// Goes to the folder above, perhaps out of site-packages.
fn up(path: &mut Vec<String>) {
    if path.last().is_none_or(|part| part == "..") {
        path.push("..".to_owned());
    } else {
        path.pop();
    }
}

fn push(path: &mut Vec<String>, text: &str) {
    for part in text.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => up(path),
            part => path.push(part.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::syntax::statements;
    use super::*;

    fn paths(text: &str) -> Vec<String> {
        let text = format!("{text}\nctypes.CDLL\n");
        let found = loads(&statements(&text), &["pkg", "sub"]);
        let shown = found.iter().map(|load| {
            format!(
                "{}{}",
                load.path.join("/"),
                if load.open { "/…" } else { "" }
            )
        });
        shown.collect()
    }

    #[test]
    fn paths_are_followed_from_the_file_that_makes_them() {
        for (text, expected) in [
            (
                "CDLL(str(Path(__file__).parent / '_libs' / 'libx.so'))",
                "pkg/sub/_libs/libx.so",
            ),
            (
                "p = pathlib.Path(__file__).resolve().parent.parent / \"_libs/libx.so\"",
                "pkg/_libs/libx.so",
            ),
            (
                "os.path.join(os.path.dirname(os.path.abspath(__file__)), '_libs', 'libx.so')",
                "pkg/sub/_libs/libx.so",
            ),
            (
                "os.path.join(os.path.dirname(__file__), '..', '_libs', name)",
                "pkg/_libs/…",
            ),
            (
                "os.path.dirname(__file__) + '/_libs/libx.so'",
                "pkg/sub/_libs/libx.so",
            ),
            ("Path(__file__).with_name('libx.so')", "pkg/sub/libx.so"),
            (
                "Path(__file__).parent.joinpath('_libs', 'libx.so')",
                "pkg/sub/_libs/libx.so",
            ),
            (
                "files('pkg').joinpath('_libs/libx.so')",
                "pkg/_libs/libx.so",
            ),
            (
                "files(__package__) / '_libs' / f'lib{name}.so'",
                "pkg/sub/_libs/lib",
            ),
            (
                "(Path(__file__).parent / '_libs').glob('*.so')",
                "pkg/sub/_libs/…",
            ),
        ] {
            assert_eq!(paths(text), [expected], "{text}");
        }
    }

    #[test]
    fn variables_are_followed_too() {
        let text = "HERE = Path(__file__).parent\nLIBS: Path = HERE / '_libs'\nlib = CDLL(str(LIBS / name))\nx = other.HERE / 'no'";
        let expected = ["pkg/sub/_libs", "pkg/sub/_libs/…"];
        assert_eq!(paths(text), expected);
        let text = "_d = os.path.dirname(__file__)\ndef load():\n    return CDLL(os.path.join(_d, '_libs', 'libx.so'))";
        assert_eq!(paths(text), ["pkg/sub/_libs/libx.so"]);
        assert_eq!(paths("x = Path.home() / 'libx.so'"), [""; 0]);
    }
}
