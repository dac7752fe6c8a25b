//! Imports that find nothing, and the packages that cannot be imported because of them.

use std::collections::{BTreeMap, BTreeSet};

use super::syntax::Context;
use super::{Import, Imports, Missing, SourceFile, join};
use crate::metadata::modules::Modules;

impl Imports {
    /// The imports of the wheel's own modules that find nothing in it; those that may fail, since an
    /// ImportError is caught, are not among them.
    pub(crate) fn missing(&self, modules: &Modules) -> Vec<Missing> {
        let reached = self.reached(modules);
        let mut missing = Vec::new();
        for source in &self.sources {
            let Some(path) = source.path.as_deref() else {
                continue;
            };
            for import in &source.imports {
                if import.context == Context::Guarded {
                    continue;
                }
                let always = import.context == Context::Always;
                for (module, certain) in self.unanswered(import, modules) {
                    let breaks = reached.get(path).filter(|_| always && certain);
                    missing.push(Missing {
                        module,
                        place: source.place(import),
                        breaks: breaks.cloned(),
                    });
                }
            }
        }
        missing
    }

    /// The modules that an import needs and the wheel lacks, and whether that is certain.
    fn unanswered(&self, import: &Import, modules: &Modules) -> Vec<(String, bool)> {
        let module = import.module.as_str();
        let top = module.split('.').next().unwrap_or(module);
        // Another distribution may have parts of a namespace.
        if modules.init(top).is_none() {
            return Vec::new();
        }
        if !modules.has(module) {
            let mut parents = module.match_indices('.').map(|(at, _)| &module[..at]);
            // Native code can make modules too.
            let is_dynamic = |parent: &str| {
                let init = modules.init(parent).and_then(|init| self.source(init));
                modules.is_native(parent) || init.is_some_and(|init| init.dynamic)
            };
            return vec![(module.to_owned(), !parents.any(is_dynamic))];
        }
        let Some(package) = modules.init(module).and_then(|init| self.source(init)) else {
            return Vec::new();
        };
        let names = import.names.iter().filter(|name| {
            !name.starts_with("__") && *name != "*" && !modules.has(&join(module, name))
        });
        let names = names.filter(|name| !package.may_bind(name, module));
        names.map(|name| (join(module, name), true)).collect()
    }

    /// The files that run whenever some top-level module is imported, each with the name of one.
    fn reached(&self, modules: &Modules) -> BTreeMap<&str, String> {
        let mut reached = BTreeMap::new();
        let tops: BTreeSet<_> = self
            .sources
            .iter()
            .filter_map(|source| source.path.as_deref())
            .map(|path| {
                let first = path.split('/').next().unwrap_or(path);
                first.strip_suffix(".py").unwrap_or(first)
            })
            .collect();
        for top in tops {
            let mut waiting: Vec<String> = vec![top.to_owned()];
            while let Some(name) = waiting.pop() {
                let source = modules.source(&name).and_then(|path| self.source(path));
                let Some(source) = source else { continue };
                let Some(path) = source.path.as_deref() else {
                    continue;
                };
                if reached.contains_key(path) {
                    continue;
                }
                reached.insert(path, top.to_owned());
                let always = source.imports.iter();
                for import in always.filter(|import| import.context == Context::Always) {
                    let ends = import.module.match_indices('.').map(|(at, _)| at);
                    let parents = ends.map(|at| import.module[..at].to_owned());
                    waiting.extend(parents);
                    let names = import.names.iter().map(|name| join(&import.module, name));
                    waiting.extend(names);
                    waiting.push(import.module.clone());
                }
            }
        }
        reached
    }
}

impl SourceFile {
    /// Whether the `__init__` of `package` may have a variable of this name.
    fn may_bind(&self, name: &str, package: &str) -> bool {
        let imported = self.imports.iter().any(|import| {
            let taken = import
                .names
                .iter()
                .any(|other| other == "*" || other == name);
            // `import a.b` binds `a`, and `import a.b as c` may be the other.
            let own = import.module.split('.').any(|part| part == name) && import.names.is_empty();
            taken && import.module != package || own && !import.relative
        });
        self.dynamic || imported || self.bound.iter().any(|other| other == name)
    }
}
