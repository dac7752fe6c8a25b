//! The modules import only from lower floors of the table in src/lib.rs, and files do not import each
//! other in circles.
//!
//! The sources are read as tokens, so comments and strings do not count, but the contents of macros do.
//! Code for tests may import what it likes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use support::repo;

/// The imports that may close a circle of files, each with the reason. An import that closes no circle
/// any more fails the test, so that the list can only become shorter.
const ALLOWED: &[(&str, &str, &str)] = &[];

/// The path of a module below the crate; the crate itself is empty.
type Module = Vec<String>;

/// A file of the crate with what it imports, apart from code for tests.
#[derive(Default)]
struct Source {
    file: PathBuf,
    children: BTreeSet<String>,
    /// Paths from the root of the crate, in `use` declarations and in expressions, also those that begin with
    /// a child module.
    imports: BTreeSet<Module>,
    /// Names that `pub use` declarations give to things of other modules.
    reexports: BTreeMap<String, Module>,
}

/// All files of the crate, by module.
struct Crate(BTreeMap<Module, Source>);

impl Crate {
    fn read() -> Self {
        let mut sources = Self(BTreeMap::new());
        sources.add(Vec::new(), &repo().join("src/lib.rs"));
        sources
    }

    fn add(&mut self, module: Module, file: &Path) {
        let text = std::fs::read_to_string(file)
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let tokens = TokenStream::from_str(&text)
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let tokens: Vec<_> = tokens.into_iter().collect();
        let mut source = Source {
            file: file.strip_prefix(repo()).unwrap().to_path_buf(),
            ..Source::default()
        };
        source.declarations(&tokens);
        source.paths(&module, &tokens);
        let names_folder = matches!(file.file_stem().unwrap().to_str(), Some("lib" | "mod"));
        let folder = if names_folder {
            file.parent().unwrap().to_path_buf()
        } else {
            file.with_extension("")
        };
        for child in &source.children {
            let inner = [&module[..], std::slice::from_ref(child)].concat();
            let flat = folder.join(child).with_extension("rs");
            let nested = folder.join(child).join("mod.rs");
            self.add(inner, if flat.is_file() { &flat } else { &nested });
        }
        self.0.insert(module, source);
    }

    /// The module whose file defines what a path names: re-exports lead on to the definition.
    fn defining(&self, path: &[String]) -> &Module {
        let mut depth = (0..=path.len()).rev();
        let (module, source) = depth
            .find_map(|depth| self.0.get_key_value(&path[..depth]))
            .unwrap();
        let rest = &path[module.len()..];
        match rest.first().and_then(|name| source.reexports.get(name)) {
            Some(original) if !original.starts_with(path) => {
                self.defining(&[&original[..], &rest[1..]].concat())
            }
            _ => module,
        }
    }

    /// The files that each file imports from. A re-export needs nothing of what it names. The root of the crate belongs to nobody's circle: it
    /// declares the modules and re-exports the public API.
    fn graph(&self) -> BTreeMap<&Path, BTreeSet<&Path>> {
        let files = self.0.iter().filter(|(module, _)| !module.is_empty());
        files
            .map(|(_, source)| {
                let imported = source.imports.iter().map(|path| self.defining(path));
                let imported = imported.filter(|module| !module.is_empty());
                let imported = imported.map(|module| self.0[module].file.as_path());
                let imported = imported.filter(|file| *file != source.file);
                (source.file.as_path(), imported.collect())
            })
            .collect()
    }
}

impl Source {
    /// Finds the `mod name;` declarations.
    fn declarations(&mut self, tokens: &[TokenTree]) {
        for item in without_tests(tokens).windows(3) {
            if let [TokenTree::Ident(keyword), TokenTree::Ident(name), end] = item
                && *keyword == "mod"
                && is_punct(end, ';')
            {
                self.children.insert(name.to_string());
            }
        }
    }

    /// Finds the paths of the crate in tokens that stand in a module.
    fn paths(&mut self, module: &[String], tokens: &[TokenTree]) {
        let tokens = without_tests(tokens);
        let mut rest = &tokens[..];
        while !rest.is_empty() {
            match rest {
                // `impl Trait + use<'a>` declares nothing.
                [TokenTree::Ident(keyword), next, ..]
                    if *keyword == "use" && !is_punct(next, '<') =>
                {
                    let is_public = is_visibility(&tokens[..tokens.len() - rest.len()]);
                    let end = rest.iter().position(|token| is_punct(token, ';'));
                    let (tree, after) = rest.split_at(end.unwrap());
                    let mut found = Vec::new();
                    use_tree(&tree[1..], &[], &mut found);
                    for (path, name) in found {
                        if let Some(path) = self.absolute(module, &path) {
                            if is_public {
                                self.reexports.insert(name, path);
                            } else {
                                self.imports.insert(path);
                            }
                        }
                    }
                    rest = after;
                    continue;
                }
                // A module in the same file has a path of its own.
                [
                    TokenTree::Ident(keyword),
                    TokenTree::Ident(name),
                    TokenTree::Group(body),
                    ..,
                ] if *keyword == "mod" => {
                    let inner = [module, &[name.to_string()]].concat();
                    let body: Vec<_> = body.stream().into_iter().collect();
                    self.paths(&inner, &body);
                    rest = &rest[3..];
                    continue;
                }
                // `pub(in path)` says who may import.
                [TokenTree::Ident(keyword), TokenTree::Group(scope), ..]
                    if *keyword == "pub" && scope.stream().to_string().starts_with("in ") =>
                {
                    rest = &rest[2..];
                    continue;
                }
                [TokenTree::Group(group), ..] => {
                    let inner: Vec<_> = group.stream().into_iter().collect();
                    self.paths(module, &inner);
                }
                [TokenTree::Ident(_), ..] => {
                    let length = path_length(rest);
                    if length > 1 {
                        let names = rest[..length].iter();
                        let names = names.filter(|token| matches!(token, TokenTree::Ident(_)));
                        let path: Vec<_> = names.map(ToString::to_string).collect();
                        self.imports.extend(self.absolute(module, &path));
                        rest = &rest[length..];
                        continue;
                    }
                }
                _ => {}
            }
            rest = &rest[1..];
        }
    }

    /// A path from the root of the crate, if it is one of the crate.
    fn absolute(&self, module: &[String], path: &[String]) -> Option<Module> {
        let ups = path.iter().take_while(|name| *name == "super").count();
        match path.first()?.as_str() {
            "crate" => Some(path[1..].to_vec()),
            "self" => Some([module, &path[1..]].concat()),
            "super" => Some([&module[..module.len() - ups], &path[ups..]].concat()),
            child if self.children.contains(child) => Some([module, path].concat()),
            _ => None,
        }
    }
}

fn is_punct(token: &TokenTree, expected: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == expected)
}

/// The tokens without the items that have an attribute `#[cfg(test)]` or `#[cfg(all(test, …))]`.
fn without_tests(tokens: &[TokenTree]) -> Vec<TokenTree> {
    let mut kept = Vec::new();
    let mut rest = tokens.iter();
    while let Some(token) = rest.next() {
        let attribute = rest.as_slice().first().map(ToString::to_string);
        let attribute = attribute.map(|text| text.replace(' ', ""));
        let is_test = attribute
            .is_some_and(|text| text == "[cfg(test)]" || text.starts_with("[cfg(all(test,"));
        if is_punct(token, '#') && is_test {
            rest.find(|token| {
                let block = matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
                block || is_punct(token, ';')
            });
        } else {
            kept.push(token.clone());
        }
    }
    kept
}

/// Whether these tokens end with `pub` or `pub(…)`.
fn is_visibility(before: &[TokenTree]) -> bool {
    let word = match before {
        [.., word, TokenTree::Group(scope)] if scope.delimiter() == Delimiter::Parenthesis => word,
        [.., word] => word,
        [] => return false,
    };
    word.to_string() == "pub"
}

/// How many tokens of `a::b::c` stand at the beginning.
fn path_length(tokens: &[TokenTree]) -> usize {
    let mut length = 1;
    while let [colon, second, TokenTree::Ident(_), ..] = &tokens[length..]
        && is_punct(colon, ':')
        && is_punct(second, ':')
    {
        length += 3;
    }
    length
}

/// Takes `a::{b, c as d}` apart: each path, with the name that it gets.
fn use_tree(tokens: &[TokenTree], prefix: &[String], found: &mut Vec<(Module, String)>) {
    for tree in tokens.split(|token| is_punct(token, ',')) {
        let mut path = prefix.to_vec();
        let mut alias = None;
        let mut tokens = tree.iter();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Ident(name) if *name == "as" => {
                    alias = tokens.next().map(ToString::to_string);
                }
                TokenTree::Ident(name) => path.push(name.to_string()),
                TokenTree::Group(group) => {
                    let inner: Vec<_> = group.stream().into_iter().collect();
                    use_tree(&inner, &path, found);
                    path.clear();
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
        // `self` in braces is the module itself.
        if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
            path.pop();
        }
        if let Some(last) = path.last() {
            let name = alias.unwrap_or_else(|| last.clone());
            found.push((path, name));
        }
    }
}

/// The table of floors: each module with its floor.
fn floors() -> BTreeMap<String, u32> {
    let text = std::fs::read_to_string(repo().join("src/lib.rs")).unwrap();
    let rows = text.lines().filter_map(|line| line.strip_prefix("//! | "));
    let mut floors = BTreeMap::new();
    for row in rows {
        let mut cells = row.split(" | ");
        let Some(Ok(floor)) = cells.next().map(str::parse) else {
            continue;
        };
        for name in cells.next().unwrap().split('`').skip(1).step_by(2) {
            let before = floors.insert(name.to_owned(), floor);
            assert_eq!(before, None, "{name} is in the table twice");
        }
    }
    floors
}

#[test]
fn the_table_of_floors_lists_the_modules_that_exist() {
    let sources = Crate::read();
    let listed: BTreeSet<_> = floors().into_keys().collect();
    assert_eq!(listed, sources.0[&Vec::new()].children);
}

#[test]
fn modules_import_only_from_lower_floors() {
    let sources = Crate::read();
    let floors = floors();
    let mut upward = BTreeSet::new();
    for (module, source) in &sources.0 {
        let Some(own) = module.first() else {
            continue;
        };
        for path in source.imports.iter().chain(source.reexports.values()) {
            // What the root re-exports is on the floor where it is defined.
            let named = path.first().filter(|name| floors.contains_key(*name));
            let other = named.or_else(|| sources.defining(path).first());
            let Some(other) = other.filter(|other| *other != own) else {
                continue;
            };
            if floors[other] >= floors[own] {
                let (file, path) = (source.file.display(), path.join("::"));
                upward.insert(format!(
                    "{file} imports {path}: {own} is on floor {}, {other} on floor {}",
                    floors[own], floors[other]
                ));
            }
        }
    }
    let listed: Vec<_> = upward.into_iter().collect();
    assert!(listed.is_empty(), "{}", listed.join("\n"));
}

/// The files that can be reached from one along imports.
fn reachable<'a>(
    graph: &BTreeMap<&'a Path, BTreeSet<&'a Path>>,
    from: &Path,
) -> BTreeSet<&'a Path> {
    let mut found = BTreeSet::new();
    let mut open: Vec<_> = graph[from].iter().copied().collect();
    while let Some(file) = open.pop() {
        if found.insert(file) {
            open.extend(&graph[file]);
        }
    }
    found
}

#[test]
fn a_call_into_a_child_module_is_an_import() {
    let mut source = Source {
        children: BTreeSet::from(["child".to_owned()]),
        ..Source::default()
    };
    let text = "pub(in crate::parent) fn f() { child::g(); other::g(); }";
    let tokens: Vec<_> = text.parse::<TokenStream>().unwrap().into_iter().collect();
    source.paths(&["parent".to_owned()], &tokens);
    let imports = source.imports.iter().map(|path| path.join("::"));
    assert_eq!(imports.collect::<Vec<_>>(), ["parent::child::g"]);
}

#[test]
fn files_do_not_import_each_other_in_circles() {
    let sources = Crate::read();
    let complete = sources.graph();
    let allowed = ALLOWED
        .iter()
        .map(|(from, to, _)| (Path::new(*from), Path::new(*to)));
    let allowed: Vec<_> = allowed.collect();
    let mut graph = complete.clone();
    for (from, to) in &allowed {
        graph.entry(from).or_default().remove(to);
    }
    let is_needed = |from: &Path, to: &Path| {
        let exists = complete.get(from).is_some_and(|all| all.contains(to));
        exists && reachable(&graph, to).contains(from)
    };
    let stale = allowed.iter().filter(|(from, to)| !is_needed(from, to));
    let stale: Vec<_> = stale
        .map(|(from, to)| format!("{} -> {}", from.display(), to.display()))
        .collect();
    assert!(
        stale.is_empty(),
        "these imports close no circle: remove them from ALLOWED\n{}",
        stale.join("\n")
    );
    let mut circular = Vec::new();
    for (from, imported) in &graph {
        for to in imported {
            if reachable(&graph, to).contains(from) {
                circular.push(format!("{} -> {}", from.display(), to.display()));
            }
        }
    }
    assert!(
        circular.is_empty(),
        "these imports are parts of circles\n{}",
        circular.join("\n")
    );
}
