//! From which folder a package loads its shared libraries, by the paths that it makes of `__file__`.

use std::collections::BTreeMap;

use super::paths::{Evaluator, LOADERS};
use super::syntax::{Statement, Token};
use super::value::{Value, components};

/// A path that a Python file makes, from the place where it is installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Load {
    pub(super) line: usize,
    /// The folder, below site-packages.
    pub(super) folder: String,
    /// The name of the file in it, as far as it is known.
    pub(super) name: String,
    /// Whether the name goes on in a way that only Python knows.
    pub(super) open: bool,
}

/// What a Python file says of the libraries that it loads.
#[derive(Debug, Default)]
pub(super) struct Loads {
    pub(super) paths: Vec<Load>,
    /// The line where a library is loaded from a path that is not known.
    pub(super) unresolved: Option<usize>,
}

/// The paths of a file in the folder `folder`; none if it loads no library.
pub(super) fn loads(statements: &[Statement<'_>], folder: &str) -> Loads {
    let is_loader =
        |token: &Token<'_>| matches!(token, Token::Name(name) if LOADERS.contains(name));
    let mut loads = Loads::default();
    if !statements
        .iter()
        .any(|statement| statement.tokens.iter().any(is_loader))
    {
        return loads;
    }
    let mut variables: BTreeMap<String, Value> = BTreeMap::new();
    for statement in statements {
        let tokens = &statement.tokens[..];
        let evaluator = Evaluator::run(tokens, folder, &variables);
        let found = evaluator.found;
        if evaluator.unresolved {
            loads.unresolved.get_or_insert(statement.line);
        }
        if let ([Token::Name(name), Token::Sign('=' | ':'), ..], [value]) = (tokens, &found[..]) {
            variables.insert((*name).to_owned(), value.clone());
        }
        let paths = found.iter().filter_map(|value| load(value, folder));
        loads.paths.extend(paths.map(|path| Load {
            line: statement.line,
            ..path
        }));
    }
    loads
}

fn load(value: &Value, own: &str) -> Option<Load> {
    // What a pattern matches is not known from its first special character on.
    let special = value.text.find(['*', '?', '[']);
    let known = &value.text[..special.unwrap_or(value.text.len())];
    let open = value.open || special.is_some();
    let is_folder = known.is_empty() || known.ends_with('/');
    let mut path = components(known);
    // A folder alone, as `HERE = Path(__file__).parent`, loads nothing.
    let is_own = std::path::Path::new(own).starts_with(path.join("/"));
    if is_own && !is_folder || is_folder && !open {
        return None;
    }
    let name = if is_folder {
        String::new()
    } else {
        path.pop()?
    };
    Some(Load {
        line: 0,
        folder: path.join("/"),
        name,
        open,
    })
}

#[cfg(test)]
mod tests {
    use super::super::syntax::statements;
    use super::*;

    fn paths(text: &str) -> Vec<String> {
        let text = format!("{text}\nctypes.CDLL\n");
        let found = loads(&statements(&text), "pkg/sub").paths;
        let shown = found.iter().map(|load| {
            let open = if load.open { "…" } else { "" };
            format!("{}/{}{open}", load.folder, load.name)
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
                "pkg/sub/_libs/lib…",
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
    fn strings_are_put_together_as_python_does() {
        for (text, expected) in [
            ("join(dirname(__file__), 'libx' + ext)", "pkg/sub/libx…"),
            (
                "join(dirname(__file__), 'lib' + 'x' + ext)",
                "pkg/sub/libx…",
            ),
            ("dirname(__file__) + '/libx' + ext", "pkg/sub/libx…"),
            ("dirname(__file__) + '/_libs/' + name", "pkg/sub/_libs/…"),
            (
                "join(dirname(__file__), '_libs', 'libx' + ext)",
                "pkg/sub/_libs/libx…",
            ),
            (
                "CDLL(str(Path(__file__).parent / '_libs' / ('libx' + ext)), mode=RTLD_GLOBAL)",
                "pkg/sub/_libs/libx…",
            ),
            (
                "CDLL(f'{os.path.dirname(__file__)}/_libs/libx.so', RTLD_GLOBAL)",
                "pkg/sub/_libs/libx.so",
            ),
            (
                "'{}/_libs/libx.so'.format(os.path.dirname(__file__))",
                "pkg/sub/_libs/libx.so",
            ),
            (
                "'{0}/{1}.so'.format(dirname(dirname(__file__)), name)",
                "pkg/…",
            ),
            (
                "join(dirname(__file__), '_libs', 'libx%s' % '.so')",
                "pkg/sub/_libs/libx.so",
            ),
            (
                "'%s/_libs/lib%s.so' % (dirname(__file__), name)",
                "pkg/sub/_libs/lib…",
            ),
            (
                "join(*[dirname(__file__), 'clib', 'libx.so'])",
                "pkg/sub/clib/libx.so",
            ),
            (
                "glob.glob(join(dirname(__file__), 'clib', '*x*'))[0]",
                "pkg/sub/clib/…",
            ),
            (
                "np.ctypeslib.load_library('libx', dirname(__file__))",
                "pkg/sub/libx…",
            ),
            (
                "pkg_resources.resource_filename('pkg', '_libs/libx.so')",
                "pkg/_libs/libx.so",
            ),
        ] {
            assert_eq!(paths(text), [expected], "{text}");
        }
        for unknown in [
            "join(dirname(__file__), folder, 'libx.so')",
            "f'{folder}/libx.so'",
            "dirname(__file__) + name",
            "join(dirname(__file__), 'a' if x else 'b', 'libx.so')",
        ] {
            assert_eq!(paths(unknown), [""; 0], "{unknown}");
        }
        for (text, expected) in [
            (
                "D = dirname(__file__)\nCDLL(f'{D}/clib/libx.so')",
                "pkg/sub/clib/libx.so",
            ),
            (
                "D = dirname(__file__) + '/'\nCDLL(D + 'libx.so')",
                "pkg/sub/libx.so",
            ),
        ] {
            assert_eq!(paths(text), [expected], "{text}");
        }
        paths(&format!("{}__file__", "(".repeat(100_000)));
    }

    #[test]
    fn only_a_path_that_is_not_known_is_unresolved() {
        let unresolved = |text: &str| loads(&statements(text), "pkg").unresolved;
        for text in [
            "CDLL(find())",
            "x = cdll.LoadLibrary(os.environ['X'])",
            "ffi.dlopen(p + '.so')",
        ] {
            assert_eq!(unresolved(text), Some(1), "{text}");
        }
        for text in [
            "from ctypes import CDLL",
            "CDLL(None)",
            "CDLL('libc.so.6')",
            "CDLL(ctypes.util.find_library('c'))",
            "CDLL(join(dirname(__file__), 'libx.so'))",
        ] {
            assert_eq!(unresolved(text), None, "{text}");
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
