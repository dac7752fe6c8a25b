//! Where the Python packages are, by the tables of other build backends.
//!
//! A table counts if everything that it names exists; what a table leaves open is searched for in the
//! folders that it names. Sources: the documentation of setuptools, hatchling, scikit-build-core, uv,
//! pdm-backend, poetry-core, maturin and flit.

use std::path::Path;

use globset::GlobBuilder;

use crate::metadata::is_plain_relative;
use crate::options::Place;
use crate::project::entry::{Entry, Table};
use crate::project::source::Located;
use crate::text::path::below;

/// The packages and the folders of packages that another backend's table names.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::project) struct Layout {
    /// The packages, if the table names them.
    pub(in crate::project) packages: Option<Located<Vec<PackageFolder>>>,
    /// Folders in which packages lie, relative to the project.
    ///
    /// Ex) `python`
    pub(in crate::project) roots: Vec<String>,
}

/// A package or a single module, and its path in the wheel.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::project) struct PackageFolder {
    /// Its path in the wheel, with `/`.
    pub(in crate::project) place: String,
    /// Its path below the project's root, with `/`.
    pub(in crate::project) folder: String,
}

impl PackageFolder {
    fn new(place: impl Into<String>, folder: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            folder: folder.into(),
        }
    }

    /// A folder that is named as it is in the wheel.
    fn named_by_folder(folder: &str) -> Self {
        let folder = folder.trim_matches('/');
        Self::new(folder.rsplit('/').next().unwrap_or(folder), folder)
    }

    fn exists(&self, root: &Path) -> bool {
        let path = root.join(&self.folder);
        let is_module = Path::new(&self.place)
            .extension()
            .is_some_and(|ending| ending == "py")
            && path.is_file();
        is_plain_relative(&self.folder) && !self.place.is_empty() && (path.is_dir() || is_module)
    }
}

/// Reads the table of one backend.
type Reader = fn(&Path, &Table<'_>) -> Claim;

/// What one table says, before its packages are looked for.
#[derive(Debug, Default)]
struct Claim {
    packages: Vec<PackageFolder>,
    place: Place,
    roots: Vec<String>,
}

impl Layout {
    /// Reads the table of the first backend that says anything.
    pub(super) fn read(root: &Path, tool: &Table<'_>) -> Self {
        let table = |path: &[&str]| {
            path.iter()
                .try_fold(tool.clone(), |table, name| table.table(name))
        };
        let readers: [(&[&str], Reader); 8] = [
            (&["hatch", "build"], hatch),
            (&["setuptools"], setuptools),
            (&["scikit-build"], scikit_build),
            (&["uv", "build-backend"], uv),
            (&["pdm", "build"], pdm),
            (&["poetry"], poetry),
            (&["maturin"], maturin),
            (&["flit", "module"], flit),
        ];
        readers
            .into_iter()
            .filter_map(|(path, read)| Some(read(root, &table(path)?)))
            .map(|claim| claim.checked(root))
            .find(|layout| layout.packages.is_some() || !layout.roots.is_empty())
            .unwrap_or_default()
    }
}

impl Claim {
    fn at(entry: &Entry<'_>, packages: Vec<PackageFolder>) -> Self {
        Self {
            packages,
            place: entry.place(),
            roots: Vec::new(),
        }
    }

    fn in_root(folder: &str) -> Self {
        Self {
            roots: vec![folder.to_owned()],
            ..Self::default()
        }
    }

    fn checked(mut self, root: &Path) -> Layout {
        let is_there = |folder: &String| is_plain_relative(folder) && root.join(folder).is_dir();
        self.roots.retain(is_there);
        self.packages.sort();
        self.packages.dedup();
        // A package that lies where its parent leads to is a part of the parent.
        let all = self.packages.clone();
        self.packages.retain(|package| {
            let parents = all.iter().filter_map(|parent| {
                let rest = package.place.strip_prefix(&parent.place)?;
                Some((parent, rest.strip_prefix('/')?))
            });
            let nearest = parents.max_by_key(|(parent, _)| parent.place.len());
            nearest.is_none_or(|(parent, rest)| package.folder != below(&parent.folder, rest))
        });
        let all = !self.packages.is_empty() && self.packages.iter().all(|all| all.exists(root));
        Layout {
            packages: all.then_some(Located {
                value: self.packages,
                place: self.place,
            }),
            roots: self.roots,
        }
    }
}

fn hatch(root: &Path, build: &Table<'_>) -> Claim {
    let wheel = build
        .table("targets")
        .and_then(|targets| targets.table("wheel"));
    let get = |key: &str| {
        let own = wheel.as_ref().and_then(|wheel| wheel.get(key));
        own.or_else(|| build.get(key))
    };
    if let Some(entry) = get("packages") {
        let folders = entry.as_strings();
        let packages = folders
            .iter()
            .map(|name| PackageFolder::named_by_folder(name));
        return Claim::at(&entry, packages.collect());
    }
    let sources = get("sources").map(|entry| match entry.as_table() {
        Some(table) => pairs(&table),
        None => entry
            .as_strings()
            .into_iter()
            .map(|prefix| (prefix, String::new()))
            .collect(),
    });
    let sources = sources.unwrap_or_default();
    let Some(entry) = get("only-include").or_else(|| get("include")) else {
        let roots = sources.into_iter().filter(|(_, to)| to.is_empty());
        return Claim {
            roots: roots.map(|(from, _)| plain(&from).to_owned()).collect(),
            ..Claim::default()
        };
    };
    let mut packages = Vec::new();
    for pattern in entry.as_strings() {
        let folder = before_wildcards(&pattern);
        let place = renamed(folder, &sources);
        if place.is_empty() {
            let found = packages_in(root, folder);
            packages.extend(found.map(|name| PackageFolder::new(&name, below(folder, &name))));
        } else if root.join(folder).is_dir() {
            packages.push(PackageFolder::new(place, folder));
        }
    }
    Claim::at(&entry, packages)
}

/// A path after the renaming of prefixes, of which the first that fits counts.
fn renamed(folder: &str, sources: &[(String, String)]) -> String {
    for (from, to) in sources {
        let from = plain(from);
        let rest = match folder.strip_prefix(from) {
            Some("") => "",
            Some(rest) if from.is_empty() || rest.starts_with('/') => rest.trim_matches('/'),
            _ => continue,
        };
        return below(plain(to), rest);
    }
    folder.to_owned()
}

fn setuptools(root: &Path, table: &Table<'_>) -> Claim {
    let folders = table
        .table("package-dir")
        .map(|dirs| pairs(&dirs))
        .unwrap_or_default();
    let folder_of = |name: &str| {
        // The entry for the longest parent counts, that for "" last.
        let mut parent = name;
        loop {
            if let Some((_, folder)) = folders.iter().find(|(key, _)| key == parent) {
                let rest = name[parent.len()..].trim_start_matches('.');
                return below(plain(folder), &rest.replace('.', "/"));
            }
            if parent.is_empty() {
                return name.replace('.', "/");
            }
            parent = parent.rsplit_once('.').map_or("", |(parent, _)| parent);
        }
    };
    let modules = table.get("py-modules");
    let modules_of = |entry: &Entry<'_>| -> Vec<PackageFolder> {
        let names = entry.as_strings().into_iter();
        names
            .map(|name| {
                let file = format!("{}.py", name.replace('.', "/"));
                PackageFolder::new(&file, format!("{}.py", folder_of(&name)))
            })
            .collect()
    };
    let Some(entry) = table.get("packages") else {
        if let Some(entry) = &modules {
            return Claim::at(entry, modules_of(entry));
        }
        let named = folders.iter().filter(|(name, _)| !name.is_empty());
        let packages: Vec<_> = named
            .map(|(name, folder)| PackageFolder::new(name.replace('.', "/"), plain(folder)))
            .collect();
        let roots = folders.iter().filter(|(name, _)| name.is_empty());
        return Claim {
            packages,
            place: table
                .get("package-dir")
                .map(|entry| entry.place())
                .unwrap_or_default(),
            roots: roots.map(|(_, folder)| plain(folder).to_owned()).collect(),
        };
    };
    let mut packages = modules.as_ref().map(modules_of).unwrap_or_default();
    let find = entry.as_table().and_then(|table| table.table("find"));
    if let Some(find) = find {
        let list = |key: &str| find.get(key).as_ref().map(Entry::as_strings);
        let include = list("include").unwrap_or_else(|| vec!["*".to_owned()]);
        let exclude = list("exclude").unwrap_or_default();
        for folder in list("where").unwrap_or_else(|| vec![".".to_owned()]) {
            let folder = plain(&folder);
            let wanted = |name: &String| fits(name, &include) && !fits(name, &exclude);
            let found = packages_in(root, folder).filter(wanted);
            packages.extend(found.map(|name| PackageFolder::new(&name, below(folder, &name))));
        }
    } else {
        let names = entry.as_strings().into_iter();
        packages
            .extend(names.map(|name| PackageFolder::new(name.replace('.', "/"), folder_of(&name))));
    }
    Claim::at(&entry, packages)
}

fn scikit_build(_root: &Path, table: &Table<'_>) -> Claim {
    let wheel = table.table("wheel");
    let Some(entry) = wheel.and_then(|wheel| wheel.get("packages")) else {
        return Claim::default();
    };
    let packages = match entry.as_table() {
        Some(table) => pairs(&table)
            .into_iter()
            .map(|(place, folder)| PackageFolder::new(plain(&place), plain(&folder)))
            .collect(),
        None => entry
            .as_strings()
            .iter()
            .map(|folder| PackageFolder::named_by_folder(plain(folder)))
            .collect(),
    };
    Claim::at(&entry, packages)
}

fn uv(_root: &Path, table: &Table<'_>) -> Claim {
    let source = string(table, "module-root");
    let source = source.as_deref().map_or("src", plain);
    match table.get("module-name") {
        Some(entry) => Claim::at(&entry, dotted_in(source, &words(&entry))),
        None => Claim::in_root(source),
    }
}

fn pdm(root: &Path, table: &Table<'_>) -> Claim {
    let source = string(table, "package-dir");
    let source = source.as_deref().map_or("", plain);
    let Some(entry) = table.get("includes") else {
        return Claim::in_root(source);
    };
    let patterns = entry.as_strings().into_iter();
    let folders = patterns.map(|pattern| before_wildcards(&pattern).to_owned());
    let packages = folders
        .filter(|folder| root.join(folder).is_dir())
        .filter_map(|folder| {
            let place = match folder.strip_prefix(source)? {
                rest if source.is_empty() => rest,
                rest => rest.strip_prefix('/')?,
            };
            Some(PackageFolder::new(place, folder.clone()))
        });
    Claim {
        roots: vec![source.to_owned()],
        ..Claim::at(&entry, packages.collect())
    }
}

fn poetry(_root: &Path, table: &Table<'_>) -> Claim {
    let Some(entry) = table.get("packages") else {
        return Claim::default();
    };
    let mut packages = Vec::new();
    for item in entry.as_items().unwrap_or_default() {
        let Some(item) = item.as_table() else {
            continue;
        };
        let formats = item.get("format").map(|formats| words(&formats));
        if formats.is_some_and(|formats| !formats.iter().any(|format| format == "wheel")) {
            continue;
        }
        let text = |key: &str| string(&item, key).unwrap_or_default();
        let (include, from, to) = (text("include"), text("from"), text("to"));
        let include = before_wildcards(&include).to_owned();
        packages.push(PackageFolder::new(
            below(plain(&to), &include),
            below(plain(&from), &include),
        ));
    }
    Claim::at(&entry, packages)
}

fn maturin(_root: &Path, table: &Table<'_>) -> Claim {
    let source = string(table, "python-source");
    let source = source.as_deref().map_or("", plain);
    match table.get("python-packages") {
        Some(entry) => Claim::at(&entry, dotted_in(source, &entry.as_strings())),
        None => Claim::in_root(source),
    }
}

fn flit(root: &Path, table: &Table<'_>) -> Claim {
    let Some(entry) = table.get("name") else {
        return Claim::default();
    };
    let names = words(&entry);
    let found = ["src", ""]
        .into_iter()
        .map(|source| dotted_in(source, &names));
    let mut found = found.filter(|all| all.iter().all(|package| package.exists(root)));
    Claim::at(&entry, found.next().unwrap_or_default())
}

/// Packages by their dotted names, all in one folder.
fn dotted_in(source: &str, names: &[String]) -> Vec<PackageFolder> {
    let places = names.iter().map(|name| name.replace('.', "/"));
    places
        .map(|place| PackageFolder::new(&place, below(source, &place)))
        .collect()
}

/// The regular packages in a folder, by name.
fn packages_in(root: &Path, folder: &str) -> impl Iterator<Item = String> {
    let children = fs_err::read_dir(root.join(folder)).into_iter().flatten();
    let mut names: Vec<_> = children
        .filter_map(Result::ok)
        .filter(|child| child.path().join("__init__.py").is_file())
        .filter_map(|child| child.file_name().into_string().ok())
        .collect();
    names.sort();
    names.into_iter()
}

/// Whether a package's name fits one of the patterns.
fn fits(name: &str, patterns: &[String]) -> bool {
    patterns.iter().any(|pattern| {
        let glob = GlobBuilder::new(pattern).build();
        glob.is_ok_and(|glob| glob.compile_matcher().is_match(name))
    })
}

/// The folders of a pattern before its first wildcard.
fn before_wildcards(pattern: &str) -> &str {
    let end = pattern.find(['*', '?', '[']).map_or(pattern.len(), |at| {
        pattern[..at].rfind('/').unwrap_or_default()
    });
    plain(&pattern[..end])
}

/// A folder without what does not change it; the project's own folder is empty.
fn plain(folder: &str) -> &str {
    let folder = folder.trim_matches('/');
    let folder = folder.strip_prefix("./").unwrap_or(folder);
    if folder == "." { "" } else { folder }
}

fn pairs(table: &Table<'_>) -> Vec<(String, String)> {
    let texts = table.entries().filter_map(|entry| {
        let text = entry.as_str()?;
        Some((entry.key.to_owned(), text.to_owned()))
    });
    texts.collect()
}

fn string(table: &Table<'_>, key: &str) -> Option<String> {
    Some(table.get(key)?.as_str()?.to_owned())
}

/// A string, or a list of strings.
fn words(entry: &Entry<'_>) -> Vec<String> {
    match entry.as_str() {
        Some(text) => vec![text.to_owned()],
        None => entry.as_strings(),
    }
}
