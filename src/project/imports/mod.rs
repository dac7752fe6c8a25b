//! What the Python files of a wheel import, by their source code.
//!
//! Takes the files of a wheel; tells where an extension module is imported from, which imports find
//! nothing, and from which folder a shared library is loaded. Runs nothing: what only Python knows is left open.

mod loads;
mod paths;
mod reach;
pub(crate) mod syntax;
mod value;

use self::loads::{Loads, loads};
use self::syntax::{Context, Statement, Token, statements};
use crate::metadata::modules::Modules;

/// The imports of all Python files.
#[derive(Debug, Default)]
pub struct Imports {
    sources: Vec<SourceFile>,
}

/// A Python file.
#[derive(Debug)]
struct SourceFile {
    /// Its path in the wheel; none of a file that is not in the wheel.
    path: Option<String>,
    /// Where it is in the project, for messages.
    shown: String,
    imports: Vec<Import>,
    loads: Loads,
    /// Names that statements other than imports bind, wherever they stand.
    bound: Vec<String>,
    /// Whether it changes at run time what can be imported of it.
    dynamic: bool,
}

/// An import of one module.
#[derive(Debug, Clone)]
struct Import {
    line: usize,
    context: Context,
    /// The module behind `import` or `from`, absolute.
    module: String,
    /// What is taken out of it, each a variable or a module; none with `import` alone.
    names: Vec<String>,
    /// Whether it begins with a dot.
    relative: bool,
}

/// An import of an extension module that tells where the module belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    /// The package; none for a module at the top.
    pub package: Option<String>,
    /// Where the import stands: file and line.
    pub place: String,
    guarded: bool,
    /// Whether it can mean nothing but a module: `from ._core import x`, unlike `from . import _core`.
    certain: bool,
}

/// An import that finds nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The dotted name of the missing module.
    pub module: String,
    /// Where the import stands: file and line.
    pub place: String,
    /// The package that cannot be imported because of it, if that is certain.
    pub breaks: Option<String>,
}

impl Imports {
    /// Adds a file: its path in the wheel, if it is in it, and what to call it in messages.
    pub fn add(&mut self, path: Option<&str>, shown: &str, text: &str) {
        let statements = statements(text);
        let package = path.map(|path| {
            let (folder, _) = path.rsplit_once('/').unwrap_or_default();
            folder.replace('/', ".")
        });
        let own = path.map(|path| {
            let path = path.strip_suffix(".py").unwrap_or(path);
            path.strip_suffix("/__init__")
                .unwrap_or(path)
                .replace('/', ".")
        });
        let imports = statements
            .iter()
            .flat_map(|statement| imports(statement, package.as_deref(), own.as_deref()));
        let names = |statement: &Statement<'_>| {
            statement
                .tokens
                .iter()
                .any(|token| matches!(token, Token::Name(name) if DYNAMIC.contains(name)))
        };
        let folder = package.as_deref().unwrap_or_default().replace('.', "/");
        self.sources.push(SourceFile {
            loads: loads(&statements, &folder),
            path: path.map(str::to_owned),
            shown: shown.to_owned(),
            imports: imports.collect(),
            bound: statements.iter().flat_map(bound).collect(),
            dynamic: statements.iter().any(names),
        });
    }

    /// Where imports want the module that is called `leaf` to be, as far as no Python file is there:
    /// one import for each place.
    pub(crate) fn homes(&self, leaf: &str, modules: &Modules) -> Vec<Home> {
        let mut homes: Vec<Home> = Vec::new();
        for source in &self.sources {
            for import in &source.imports {
                let from_module = (import.module.as_str(), true);
                let names = import.names.iter().filter(|name| *name == leaf);
                let joined: Vec<_> = names.map(|name| join(&import.module, name)).collect();
                let from_names = joined.iter().map(|name| (name.as_str(), false));
                for (target, certain) in std::iter::once(from_module).chain(from_names) {
                    let (package, last) = match target.rsplit_once('.') {
                        Some((package, last)) => (Some(package), last),
                        None => (None, target),
                    };
                    let is_there = package.is_none_or(|package| modules.is_folder(package));
                    if last != leaf || !is_there || modules.has(target) {
                        continue;
                    }
                    homes.push(Home {
                        package: package.map(str::to_owned),
                        place: source.place(import),
                        guarded: import.context == Context::Guarded,
                        certain,
                    });
                }
            }
        }
        // Imports that may fail, or that may take a variable, count where there are no others.
        for weight in [|home: &Home| !home.guarded, |home: &Home| home.certain] {
            if homes.iter().any(weight) {
                homes.retain(weight);
            }
        }
        homes.sort_by(|a, b| (&a.package, &a.place).cmp(&(&b.package, &b.place)));
        homes.dedup_by(|a, b| a.package == b.package);
        homes
    }

    /// The folder from which the library of this name is loaded, and where the code says so; none if
    /// nothing or not everything names the same folder.
    pub(crate) fn library_folder(&self, name: &str, modules: &Modules) -> Option<(String, String)> {
        let mut exact = Vec::new();
        let mut open = Vec::new();
        for source in &self.sources {
            for load in &source.loads.paths {
                let place = format!("{}:{}", source.shown, load.line);
                if is_same_library(&load.name, name) {
                    exact.push((load.folder.clone(), place));
                } else if load.open && may_begin(&load.name, name) {
                    open.push((load.folder.clone(), place));
                }
            }
        }
        // Beside a single module a library lies at the top.
        let is_exact = !exact.is_empty();
        let mut found = if is_exact { exact } else { open };
        found.retain(|(folder, _)| {
            let top = folder.split('/').next().unwrap_or_default();
            modules.is_folder(top) || is_exact && folder.is_empty()
        });
        let (first, place) = found.first()?.clone();
        let is_only = found.iter().all(|(folder, _)| *folder == first);
        is_only.then_some((first, place))
    }

    /// Where a library is loaded from a path that only Python knows.
    pub(crate) fn unresolved_load(&self) -> Option<String> {
        self.sources.iter().find_map(|source| {
            let line = source.loads.unresolved?;
            Some(format!("{}:{line}", source.shown))
        })
    }

    fn source(&self, path: &str) -> Option<&SourceFile> {
        let mut sources = self.sources.iter();
        sources.find(|source| source.path.as_deref() == Some(path))
    }
}

/// Whether two file names mean the same library, perhaps on two systems.
///
/// Ex) `libhello.so` and `hello.dll`
pub fn is_same_library(a: &str, b: &str) -> bool {
    !stem(a).is_empty() && stem(a) == stem(b)
}

/// Whether the name of a library may begin like this, perhaps on another system.
fn may_begin(begin: &str, name: &str) -> bool {
    "lib".starts_with(begin) || stem(name).starts_with(&stem(begin))
}

/// The name of a library without what depends on the system.
fn stem(name: &str) -> String {
    let name = name.to_lowercase();
    let name = name.strip_prefix("lib").unwrap_or(&name);
    name.split('.').next().unwrap_or_default().to_owned()
}

impl SourceFile {
    fn place(&self, import: &Import) -> String {
        format!("{}:{}", self.shown, import.line)
    }
}

/// Names in a file that may change what can be imported of the package: the search path, the table of
/// modules, attributes that are made when they are asked for.
const DYNAMIC: [&str; 13] = [
    "__getattr__",
    "__path__",
    "attach",
    // A pattern of `match` binds names.
    "case",
    "declare_namespace",
    "exec",
    "extend_path",
    "globals",
    "locals",
    "meta_path",
    "modules",
    "setattr",
    "vars",
];

fn join(package: &str, name: &str) -> String {
    if package.is_empty() {
        name.to_owned()
    } else {
        format!("{package}.{name}")
    }
}

/// The imports of a statement in a file of this package, which is itself the module `own`.
fn imports(statement: &Statement<'_>, package: Option<&str>, own: Option<&str>) -> Vec<Import> {
    let new = |level: usize, module: &str, names: Vec<String>| {
        Some(Import {
            line: statement.line,
            context: statement.context,
            module: absolute(package, level, module)?,
            names,
            relative: level > 0,
        })
    };
    match &statement.tokens[..] {
        [Token::Name("import"), rest @ ..] => rest
            .split(|token| *token == Token::Sign(','))
            .filter_map(|part| new(0, &dotted(part).0, Vec::new()))
            .collect(),
        [Token::Name("from"), rest @ ..] => {
            let level = rest
                .iter()
                .take_while(|token| **token == Token::Sign('.'))
                .count();
            let (module, rest) = dotted(&rest[level..]);
            let [Token::Name("import"), rest @ ..] = rest else {
                return Vec::new();
            };
            let names = rest.split(|token| *token == Token::Sign(','));
            let names = names.filter_map(|part| {
                part.iter().find_map(|token| match token {
                    Token::Name(name) => Some((*name).to_owned()),
                    Token::Sign('*') => Some("*".to_owned()),
                    _ => None,
                })
            });
            new(level, &module, names.collect()).into_iter().collect()
        }
        tokens => (0..tokens.len())
            .filter_map(|at| called(&tokens[at..], package, own))
            .filter_map(|module| new(0, &module, Vec::new()))
            .map(|import| Import {
                context: import.context.max(Context::Sometimes),
                ..import
            })
            .collect(),
    }
}

/// The absolute name of the module that a call at the beginning of the tokens imports.
///
/// Ex) `import_module("._native", __package__)`
fn called(tokens: &[Token<'_>], package: Option<&str>, own: Option<&str>) -> Option<String> {
    let [
        Token::Name(function @ ("import_module" | "__import__")),
        Token::Sign('('),
        given @ ..,
    ] = tokens
    else {
        return None;
    };
    let value = |name: &str| match name {
        "__package__" => package,
        "__name__" => own,
        _ => None,
    };
    let (module, rest) = match given {
        [Token::Text(name), rest @ ..] => ((*name).to_owned(), rest),
        [
            Token::Name(name),
            Token::Sign('+'),
            Token::Text(more),
            rest @ ..,
        ] => (format!("{}{more}", value(name)?), rest),
        [Token::Format(text), rest @ ..] => {
            let (name, more) = text.strip_prefix('{')?.split_once('}')?;
            (format!("{}{more}", value(name)?), rest)
        }
        _ => return None,
    };
    // More may follow that only Python knows.
    let ends = matches!(rest.first(), Some(Token::Sign(')' | ',')));
    if !ends || module.contains(['{', '%']) {
        return None;
    }
    if *function == "__import__" {
        // A number may be the level, from which the name counts.
        let mut depth = 1;
        let has_level = rest
            .iter()
            .take_while(|token| {
                match token {
                    Token::Sign('(') => depth += 1,
                    Token::Sign(')') => depth -= 1,
                    _ => {}
                }
                depth > 0
            })
            .any(|token| *token == Token::Number);
        return (!has_level).then_some(module);
    }
    let name = module.trim_start_matches('.');
    let base = match rest {
        [
            Token::Sign(','),
            Token::Name("package"),
            Token::Sign('='),
            base,
            ..,
        ]
        | [Token::Sign(','), base, ..] => match base {
            Token::Text(base) => Some(*base),
            _ => package,
        },
        _ => package,
    };
    absolute(base, module.len() - name.len(), name)
}

/// The dotted name at the beginning, and what follows.
fn dotted<'a, 't>(mut tokens: &'a [Token<'t>]) -> (String, &'a [Token<'t>]) {
    let mut name = String::new();
    while let [Token::Name(part), rest @ ..] = tokens {
        if *part == "import" {
            break;
        }
        name.push_str(part);
        tokens = rest;
        let [Token::Sign('.'), rest @ ..] = tokens else {
            break;
        };
        name.push('.');
        tokens = rest;
    }
    (name, tokens)
}

/// The absolute name of a module that is named with dots in front, from a file in `package`.
fn absolute(package: Option<&str>, level: usize, module: &str) -> Option<String> {
    if level == 0 {
        return (!module.is_empty()).then(|| module.to_owned());
    }
    let mut package = package.filter(|package| !package.is_empty())?;
    for _ in 1..level {
        package = package.rsplit_once('.')?.0;
    }
    Some(match module {
        "" => package.to_owned(),
        module => format!("{package}.{module}"),
    })
}

/// The names that a statement binds, if it is not an import.
fn bound(statement: &Statement<'_>) -> Vec<String> {
    let tokens = &statement.tokens;
    let names = |tokens: &[Token<'_>]| -> Vec<String> {
        let names = tokens.iter().filter_map(|token| match token {
            Token::Name(name) => Some((*name).to_owned()),
            _ => None,
        });
        names.collect()
    };
    if let Some(at) = tokens.iter().position(|token| *token == Token::Name("as")) {
        return names(&tokens[at..]);
    }
    match &tokens[..] {
        [Token::Name("import" | "from"), ..] => Vec::new(),
        [Token::Name("def" | "class" | "async"), ..] => names(&tokens[..tokens.len().min(3)]),
        [Token::Name("for"), ..] => {
            let end = tokens.iter().position(|token| *token == Token::Name("in"));
            names(&tokens[..end.unwrap_or(tokens.len())])
        }
        _ => {
            let last = tokens.iter().rposition(|token| *token == Token::Sign('='));
            last.map(|last| names(&tokens[..last])).unwrap_or_default()
        }
    }
}

#[cfg(test)]
mod tests;
