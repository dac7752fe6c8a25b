//! The way from the project's manifest to all that it leads to.

use std::collections::{BTreeSet, VecDeque};
use std::path::{Path, PathBuf};

use super::{Origin, PackageHash, ZigPackage, ZigPackages};
use crate::error::Problem;
use crate::project::Project;
use crate::project::places::Places;
use crate::project::zon::{Dependency, Manifest};
use crate::text::path::normalized;

const MANIFEST: &str = "build.zig.zon";

impl ZigPackages {
    /// Reads the manifests. `stores` are folders of fetched packages, the first that has one counts. The
    /// script of a managed project depends on none, whatever manifest lies there.
    pub fn read(project: &Project, stores: &[PathBuf]) -> Self {
        if project.managed.is_some() {
            return Self::default();
        }
        let mut reader = Reader {
            project,
            stores,
            found: ZigPackages::default(),
            waiting: VecDeque::new(),
            lazy: VecDeque::new(),
        };
        let tree = Tree {
            root: project.root.clone(),
            identity: None,
        };
        reader.manifest(&project.build_root(), &tree, None, false);
        // Required packages come first, so that every later package is optional.
        while let Some((edge, optional)) = reader.next() {
            reader.follow(&edge, optional);
        }
        reader.found
    }
}

/// What manifests lie in: the project, or a package.
#[derive(Debug, Clone)]
struct Tree {
    root: PathBuf,
    /// Of the package; none for the project.
    identity: Option<String>,
}

/// A dependency to follow.
#[derive(Debug)]
struct Edge {
    dependency: Dependency,
    /// The folder of the manifest that has it.
    folder: PathBuf,
    tree: Tree,
    place: String,
    /// The identity of the dependent; none for the project.
    dependent: Option<String>,
}

struct Reader<'a> {
    project: &'a Project,
    stores: &'a [PathBuf],
    found: ZigPackages,
    waiting: VecDeque<Edge>,
    /// What is looked at once nothing else is waiting.
    lazy: VecDeque<Edge>,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<(Edge, bool)> {
        let required = self.waiting.pop_front().map(|edge| (edge, false));
        required.or_else(|| self.lazy.pop_front().map(|edge| (edge, true)))
    }

    /// Reads the manifest in a folder, if it has one; what it depends on is followed later.
    fn manifest(
        &mut self,
        folder: &Path,
        tree: &Tree,
        dependent: Option<&str>,
        optional: bool,
    ) -> Option<Manifest> {
        let path = folder.join(MANIFEST);
        // Asked before it is opened: opening a pipe would wait for ever.
        if !path.is_file() {
            return None;
        }
        let below = path.strip_prefix(&self.project.root).unwrap_or(&path);
        let shown = below.display().to_string();
        let text = match fs_err::read(&path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) => {
                let problem = Problem::new(error.to_string());
                let hint = "check that the file may be read: it tells which packages there are";
                self.found.problems.push(problem.hint(hint));
                return None;
            }
        };
        let places = Places::new(&text);
        match Manifest::parse(&text) {
            Ok(manifest) => {
                for dependency in &manifest.dependencies {
                    let edge = Edge {
                        dependency: dependency.clone(),
                        folder: folder.to_owned(),
                        tree: tree.clone(),
                        place: places.name(&shown, &text, dependency.at),
                        dependent: dependent.map(str::to_owned),
                    };
                    if optional || dependency.lazy {
                        self.lazy.push_back(edge);
                    } else {
                        self.waiting.push_back(edge);
                    }
                }
                Some(manifest)
            }
            Err(error) => {
                self.found.problems.push(
                    Problem::new(format!("not valid ZON: {}", error.message))
                        .at(places.name(&shown, &text, error.at))
                        .hint("run `zig build`, which reports the error in full"),
                );
                None
            }
        }
    }

    fn follow(&mut self, edge: &Edge, optional: bool) {
        let target = match (&edge.dependency.path, &edge.dependency.url) {
            (Some(path), None) => self.folder(edge, path),
            (None, Some(url)) => self.remote(edge, url),
            (None, None) => Err(Problem::new("has neither a url nor a path")
                .hint("run `zig fetch --save URL`, which writes a complete dependency")),
            (Some(_), Some(_)) => Err(Problem::new("has both a url and a path")
                .hint("remove the url or the path: a package is either fetched or in a folder")),
        };
        match target {
            Ok(Some((identity, package, tree))) => {
                self.add(edge, optional, identity, package, &tree);
            }
            Ok(None) => {}
            Err(mut problem) => {
                problem.message = format!(
                    "the dependency `{}` {}",
                    edge.dependency.name, problem.message
                );
                self.found.problems.push(problem.at(&edge.place));
            }
        }
    }

    fn add(
        &mut self,
        edge: &Edge,
        optional: bool,
        identity: String,
        mut package: ZigPackage,
        tree: &Tree,
    ) {
        let dependents = match &edge.dependent {
            None => Some(&mut self.found.direct),
            Some(dependent) => {
                let dependent = self.found.list.get_mut(dependent);
                dependent.map(|dependent| &mut dependent.dependencies)
            }
        };
        if let Some(dependencies) = dependents {
            dependencies.insert(identity.clone());
        }
        if self.found.list.contains_key(&identity) {
            return;
        }
        package.optional = optional;
        let manifest = package
            .folder
            .clone()
            .and_then(|folder| self.manifest(&folder, tree, Some(&identity), optional));
        // A hash has both, whether the package is here or not.
        if let (Some(manifest), Origin::Folder) = (manifest, &package.origin) {
            package.name = manifest.name.unwrap_or(package.name);
            package.version = manifest.version;
        }
        self.found.list.insert(identity, package);
    }

    /// A folder as a dependency: its identity, and what it lies in.
    fn folder(
        &mut self,
        edge: &Edge,
        path: &str,
    ) -> Result<Option<(String, ZigPackage, Tree)>, Problem> {
        let folder = normalized(&edge.folder.join(path));
        let Ok(below) = folder.strip_prefix(&edge.tree.root) else {
            if edge.tree.identity.is_some() {
                return Err(
                    Problem::new(format!("lies outside of its package: `{path}`"))
                        .hint("no version of Zig can build this package; report it to the author of the package"),
                );
            }
            self.found.outside.push(
                Problem::new(format!(
                    "the dependency `{}` lies outside the project: `{path}`",
                    edge.dependency.name
                ))
                .at(&edge.place)
                .hint("move it into the project, or depend on it by url: an sdist contains only files of the project"),
            );
            return Ok(None);
        };
        let parts = below.iter().map(|part| part.to_string_lossy());
        let parts: Vec<_> = edge
            .tree
            .identity
            .iter()
            .map(Into::into)
            .chain(parts)
            .collect();
        let identity = parts.join("/");
        let package = package(edge, Origin::Folder, Some(folder));
        Ok(Some((identity, package, edge.tree.clone())))
    }

    fn remote(
        &self,
        edge: &Edge,
        url: &str,
    ) -> Result<Option<(String, ZigPackage, Tree)>, Problem> {
        let save = format!(
            "`zig fetch --save={} {url}` writes it",
            edge.dependency.name
        );
        let Some(hash) = &edge.dependency.hash else {
            return Err(Problem::new("has no hash").hint(save));
        };
        let hash: PackageHash = hash.parse().map_err(|problem: Problem| {
            Problem::new(format!("has a wrong hash: {}", problem.message)).hint(save)
        })?;
        let places = self.stores.iter().map(|store| store.join(hash.as_str()));
        let folder = places.into_iter().find(|place| place.is_dir());
        let identity = hash.to_string();
        let tree = Tree {
            root: folder.clone().unwrap_or_default(),
            identity: Some(identity.clone()),
        };
        let mut package = package(
            edge,
            Origin::Remote {
                url: url.to_owned(),
                hash: hash.clone(),
            },
            folder,
        );
        if let Some((name, version)) = hash.name_and_version() {
            name.clone_into(&mut package.name);
            package.version = Some(version.to_owned());
        }
        Ok(Some((identity, package, tree)))
    }
}

fn package(edge: &Edge, origin: Origin, folder: Option<PathBuf>) -> ZigPackage {
    ZigPackage {
        name: edge.dependency.name.clone(),
        version: None,
        origin,
        folder,
        optional: false,
        place: edge.place.clone(),
        dependencies: BTreeSet::new(),
    }
}
