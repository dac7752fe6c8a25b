//! Checks that Python will find the modules of a wheel, before the wheel is packed.
//!
//! Takes the project's Python files and the modules that are declared or built; rejects imports that are
//! certain to fail, and notes those that may fail. Mistakes in pyproject.toml alone are reported before zig
//! runs.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Mutex, OnceLock};

use super::artifact::InstalledFile;
use super::placed::Placed;
use crate::audit::{self, Severity};
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::metadata::ModuleName;
use crate::metadata::modules::{ModuleKind, Modules, module_of};
use crate::plan::Plan;
use crate::project::imports::Imports;
use crate::project::{Abi, Files, Kind, PackageFile, Project};
use crate::sys::sync::lock;
use crate::text::path::slashed;
use crate::wheel::Entry;

/// The modules and packages in the wheels of a run.
#[derive(Debug)]
pub struct Importable<'a> {
    /// The project in its own folder.
    project: &'a Project,
    files: Files,
    imports: OnceLock<Imports>,
    /// Notes that were made for an earlier job.
    noted: Mutex<BTreeSet<String>>,
}

/// The errors, and the possible errors.
#[derive(Debug, Default)]
struct Verdict {
    problems: Vec<Problem>,
    notes: Vec<String>,
}

impl<'a> Importable<'a> {
    /// Reads nothing yet.
    pub fn new(project: &'a Project, files: Files) -> Self {
        Self {
            project,
            files,
            imports: OnceLock::new(),
            noted: Mutex::default(),
        }
    }

    /// The project's files.
    pub(crate) fn files(&self) -> &Files {
        &self.files
    }

    /// What the Python files import, read when it is first asked for.
    pub(crate) fn imports(&self) -> &Imports {
        self.imports.get_or_init(|| {
            let mut imports = Imports::default();
            for file in self.files.wheel.iter().filter(|file| is_python(file)) {
                // A file that cannot be read is reported when the wheel is packed.
                let text = fs_err::read(&file.source).unwrap_or_default();
                let shown = self.shown(file);
                imports.add(Some(&file.path), &shown, &String::from_utf8_lossy(&text));
            }
            imports
        })
    }

    /// Whether a Python file of the project, or one that the build has made, may make the symbols of a
    /// library visible to all modules.
    pub(crate) fn shares_symbols(&self, made: &[InstalledFile]) -> bool {
        let own = self.files.wheel.iter().filter(|file| is_python(file));
        let made = made.iter().map(|file| &file.path);
        let made = made.filter(|path| path.extension().is_some_and(|ending| ending == "py"));
        let mut python = own.map(|file| &file.source).chain(made);
        python.any(|path| fs_err::read(path).is_ok_and(|text| audit::shares_symbols(&text)))
    }

    /// A file's path below the project, with `/`.
    pub(crate) fn shown(&self, file: &PackageFile) -> String {
        let below = file.source.strip_prefix(&self.project.root);
        below.map_or_else(|_| file.path.clone(), slashed)
    }

    /// The modules of the Python files, and of those that a build has made.
    pub(crate) fn python(&self, made: &[String]) -> Modules {
        let files = self.files.wheel.iter().map(|file| file.path.as_str());
        Modules::of(files.chain(made.iter().map(String::as_str)))
    }

    /// Passes a message to `note`, once for all jobs.
    pub(crate) fn note_once(&self, text: String, note: &dyn Fn(&str)) {
        let mut noted = lock(&self.noted);
        if !noted.contains(&text) {
            note(&text);
            noted.insert(text);
        }
    }

    /// Refuses what no build can make right.
    pub fn check_declared(&self, plan: &Plan) -> Result<()> {
        let declared: Vec<_> = self.project.modules().cloned().collect();
        let paths: Vec<_> = declared.iter().map(native_path).collect();
        let mut verdict = Verdict::default();
        let python = self.files.wheel.iter().map(|file| file.path.as_str());
        let modules = Modules::of(python.chain(paths.iter().map(String::as_str)));
        // A build script may install more modules, a script that we make has none but these.
        if self.project.managed.is_some() {
            verdict = self.judge(&declared, &modules);
        } else {
            self.refuse_shadowed(&declared, &modules, &mut verdict);
        }
        if plan.abi == Abi::None {
            verdict.problems.extend(self.no_package());
        }
        Error::check(ErrorKind::Config, verdict.problems)
    }

    /// Refuses a wheel that cannot be imported as it promises; `entries` are all its files.
    pub(crate) fn check(
        &self,
        placed: &[Placed],
        entries: &[Entry],
        note: &dyn Fn(&str),
    ) -> Result<()> {
        let modules = Modules::of(entries.iter().map(|entry| entry.path.as_str()));
        let native = placed.iter().filter(|placed| placed.is_module);
        let native: Vec<_> = native
            .filter_map(|placed| module_name(&placed.path))
            .collect();
        let verdict = self.judge(&native, &modules);
        for text in verdict.notes {
            self.note_once(text, note);
        }
        Error::check(ErrorKind::Audit, verdict.problems)
    }

    fn judge(&self, native: &[ModuleName], modules: &Modules) -> Verdict {
        let mut verdict = Verdict::default();
        self.refuse_shadowed(native, modules, &mut verdict);
        self.require_packages(native, modules, &mut verdict);
        self.require_entry_points(modules, &mut verdict);
        self.require_imports(modules, &mut verdict);
        verdict
    }

    fn refuse_shadowed(&self, native: &[ModuleName], modules: &Modules, verdict: &mut Verdict) {
        for module in native {
            if let Some(shadow) = modules.shadow(module.as_str()) {
                verdict.problems.push(
                    Problem::new(format!(
                        "the extension module {module} is never imported: Python finds {shadow} first"
                    ))
                    .at(self.place_of(shadow))
                    .hint(format!(
                        "rename one of the two; a module in the package is named like {module}._native"
                    )),
                );
            } else if let Some(file) = modules.python_file(module.as_str()) {
                verdict.notes.push(format!(
                    "{file} is never imported: Python finds the extension module {module} first"
                ));
            }
        }
    }

    /// Where a file of the wheel lies in the project.
    fn place_of(&self, path: &str) -> String {
        let mut files = self.files.wheel.iter();
        let file = files.find(|file| file.path == path);
        file.map_or_else(|| path.to_owned(), |file| self.shown(file))
    }

    /// A module in a package needs the package beside it.
    fn require_packages(&self, native: &[ModuleName], modules: &Modules, verdict: &mut Verdict) {
        let mut seen = BTreeSet::new();
        for module in native {
            let Some((top, _)) = module.as_str().split_once('.') else {
                continue;
            };
            if self.has_python(top, modules) || !seen.insert(top.to_owned()) {
                continue;
            }
            let folders = self.project.packages_anywhere();
            let is_it = |folder: &&String| folder.rsplit('/').next() == Some(top);
            if let Some(folder) = folders.iter().find(is_it) {
                verdict.problems.push(
                    Problem::new(format!(
                        "the module {module} is in the wheel without its package {top}, which lies in {folder}"
                    ))
                    .at(folder)
                    .hint(format!("name the package: packages = [\"{folder}\"] in [tool.pyz3-wheel]")),
                );
                continue;
            }
            let is_declared = self.project.modules().any(|declared| declared == module);
            let is_folder = ["", "src", "lib", "python"]
                .iter()
                .any(|folder| self.project.root.join(folder).join(top).is_dir());
            let metadata = &self.project.metadata;
            let is_namespace = metadata.import_names().any(|name| name == top);
            if !is_declared || is_folder || is_namespace {
                continue;
            }
            let message =
                format!("the module {module} is declared, but the project has no package {top}");
            if metadata.has_dependencies() {
                verdict.notes.push(message);
            } else {
                verdict
                    .problems
                    .push(Problem::new(message).at("pyproject.toml").hint(format!(
                        "add {top}/__init__.py, or correct the name of the module; \
                         if other projects have parts of {top} too: import-namespaces = [\"{top}\"] in [project]"
                    )));
            }
        }
    }

    /// Whether a top-level package contains anything other than the extension modules of the build.
    fn has_python(&self, top: &str, modules: &Modules) -> bool {
        let mut files = self.files.wheel.iter();
        modules.init(top).is_some() || files.any(|file| file.path.split('/').next() == Some(top))
    }

    fn require_entry_points(&self, modules: &Modules, verdict: &mut Verdict) {
        let metadata = &self.project.metadata;
        let Some(text) = metadata.entry_points() else {
            return;
        };
        let found = audit::dead_entry_points(&text, metadata.has_dependencies(), modules);
        for finding in found {
            let message = format!("an entry point {}", finding.actual);
            if finding.severity == Severity::Error {
                let mut problem = Problem::new(message).at("pyproject.toml");
                problem.hint = finding.hint;
                verdict.problems.push(problem);
            } else {
                verdict.notes.push(message);
            }
        }
        let tops = metadata.entry_point_modules();
        let tops = tops.map(|module| module.split('.').next().unwrap_or(module));
        let foreign: BTreeSet<_> = tops.filter(|top| !modules.has(top)).collect();
        if metadata.has_dependencies() {
            verdict.notes.extend(foreign.into_iter().map(|top| {
                format!("an entry point names the module {top}, which is not in the wheel: a dependency has to provide it")
            }));
        }
    }

    fn require_imports(&self, modules: &Modules, verdict: &mut Verdict) {
        for missing in self.imports().missing(modules) {
            let module = &missing.module;
            let message = format!("imports {module}, which is not in the wheel");
            let Some(package) = missing.breaks else {
                verdict.notes.push(format!("{}: {message}", missing.place));
                continue;
            };
            verdict.problems.push(
                Problem::new(format!("{message}, so `import {package}` fails"))
                    .at(missing.place)
                    .hint(format!(
                        "for an extension module: modules = [\"{module}\"] in [tool.pyz3-wheel]\n\
                         for a Python file: add it to the package; `pyz3-wheel files --verbose` lists what is left out, and why"
                    )),
            );
        }
    }

    /// Rejects a shared library without a package to go into: the project has none, and the build script
    /// installs none.
    fn no_package(&self) -> Option<Problem> {
        let project = self.project;
        let has_place = project.config.package.is_some()
            || project.python_package().is_some()
            || !self.files.wheel.is_empty();
        if has_place || project.managed.is_some() || installs_files(project) {
            return None;
        }
        Some(no_package(
            project,
            "the project has no Python package that its shared library can go into",
        ))
    }
}

/// The problem of a library without a package, with a hint that names the project's packages.
pub(crate) fn no_package(project: &Project, message: &str) -> Problem {
    let packages = project.packages_anywhere();
    let hint = match &packages[..] {
        [] => {
            let name = project.metadata.distribution();
            format!(
                "add {name}/__init__.py; if the build makes an extension module, set abi = \"full\" in [tool.pyz3-wheel]"
            )
        }
        [only] => format!("name the package: packages = [\"{only}\"] in [tool.pyz3-wheel]"),
        [first, ..] => format!(
            "name the package in [tool.pyz3-wheel], as in packages = [\"{first}\"] (the project has {})",
            packages.join(", ")
        ),
    };
    Problem::new(message).at("pyproject.toml").hint(hint)
}

/// Whether a build script may install files that are not compiled, or write some, by the words in it.
fn installs_files(project: &Project) -> bool {
    if !project.config.install.is_empty() {
        return true;
    }
    let scripts = project.own_files().filter(|path| {
        let ending = path.extension().and_then(|ending| ending.to_str());
        ending == Some("zig")
    });
    let mut texts = scripts.filter_map(|path| fs_err::read_to_string(path).ok());
    texts.any(|text| {
        let words = [
            "installFile",
            "installDirectory",
            "InstallFile",
            "InstallDir",
            "InstallBinFile",
            "InstallLibFile",
            "UpdateSourceFiles",
            "CopyFileToSource",
            "createFile",
            "writeFile",
        ];
        words.iter().any(|word| text.contains(word))
    })
}

fn is_python(file: &PackageFile) -> bool {
    let ending = Path::new(&file.path).extension();
    ending.is_some_and(|ending| ending == "py") && file.kind == Kind::Package
}

/// A path that the module could have; the suffix does not matter.
fn native_path(module: &ModuleName) -> String {
    format!("{}.so", module.as_str().replace('.', "/"))
}

/// The module that a file is, by its path in the wheel.
fn module_name(path: &str) -> Option<ModuleName> {
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let (stem, kind) = module_of(file)?;
    let folder = folder.replace('/', ".");
    let name = if folder.is_empty() {
        stem.to_owned()
    } else {
        format!("{folder}.{stem}")
    };
    (kind == ModuleKind::Native).then(|| name.parse().ok())?
}
