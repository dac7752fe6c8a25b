//! The inputs of a job: everything that its outcome depends on, as far as it is known without running it.
//!
//! Takes a job and what its build would see; gives named values. Their hash is the fingerprint of the job, and
//! the values that have changed are the reasons to build again. No value depends on where the project, the
//! cache or the Python is, so that machines can share what they have built.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::outside::{Names, Outside};
use super::sources::Sources;
use crate::compile::host_variables;
use crate::compile::managed::Recipe;
use crate::plan::Job;
use crate::project::Project;
use crate::run::prepare::Prepared;
use crate::sys::fingerprint::{Fingerprint, short};

/// Raise this number when builds change although their inputs stay the same.
const FORMAT: u32 = 2;

/// Variables that Zig itself reads, and pkg-config.
const READ_BY_ZIG: [&str; 4] = [
    "ZIG_LIB_DIR",
    "ZIG_LIBC",
    FOLDERS_OF_PKG_CONFIG[0],
    FOLDERS_OF_PKG_CONFIG[1],
];

/// Variables that name the folders of `.pc` files.
const FOLDERS_OF_PKG_CONFIG: [&str; 2] = ["PKG_CONFIG_PATH", "PKG_CONFIG_LIBDIR"];

/// The name of the input that stands for these files.
const PKG_CONFIG_FILES: &str = "a .pc file of PKG_CONFIG_PATH or PKG_CONFIG_LIBDIR";

/// The inputs that all jobs of a run share.
pub(super) struct SharedInputs<'a> {
    prepared: &'a Prepared<'a>,
    /// The project in the place where it is built.
    project: &'a Project,
    sources: &'a Sources,
    /// The digest of the sources.
    digest: String,
    /// A digest of the `.pc` files that native builds see.
    pkg_config: OnceCell<Option<String>>,
}

/// Named values, each a setting or a hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Inputs {
    /// What is known before a build.
    known: BTreeMap<String, String>,
    /// Files that are known from an earlier build only; see [`super::outside`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    outside: BTreeMap<String, String>,
    /// The environment variables that build scripts among these files may read.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    variables: BTreeMap<String, String>,
}

/// The name of the files' value.
const SOURCES: &str = "sources";

impl Inputs {
    /// `headers` is the name that the cache has for the headers of the job's Python, which changes
    /// with their content.
    pub(super) fn of(job: &Job, headers: Option<&str>, shared: &SharedInputs<'_>) -> Self {
        let (prepared, config) = (shared.prepared, &shared.project.config);
        let mut values = BTreeMap::new();
        let mut set = |name: &str, value: String| values.insert(name.to_owned(), value);
        set(
            "pyz3-wheel",
            format!("{} {FORMAT}", env!("CARGO_PKG_VERSION")),
        );
        set(SOURCES, shared.digest.clone());
        set("Zig", prepared.zig.version.to_string());
        set("target", job.zig_target.to_string());
        set("abi", job.abi.to_string());
        set("optimize", job.optimize.to_string());
        set("limited API", job.limited_api.clone().unwrap_or_default());
        set("suffix", job.extension_suffix.clone().unwrap_or_default());
        set("SOURCE_DATE_EPOCH", prepared.timestamp.unix().to_string());
        if let (Some(python), Some(headers)) = (&job.python, headers) {
            set("Python", format!("{} with headers {headers}", python.patch));
        }
        let build_file = config.build_file.as_ref();
        set(
            "build-file",
            build_file.map_or_else(String::new, |file| file.value.display().to_string()),
        );
        for (name, value) in prepared.recipe.iter().flat_map(Recipe::inputs) {
            set(&name, value);
        }
        let step = config.step.as_ref();
        set(
            "step",
            step.map_or_else(String::new, |step| step.value.clone()),
        );
        for compile in job.compiles() {
            let of = if compile.platform == job.platform {
                String::new()
            } else {
                format!(" of {}", compile.platform)
            };
            let own = of_compile(compile, shared).into_iter();
            values.extend(own.map(|(name, value)| (format!("{name}{of}"), value)));
        }
        Self {
            known: values,
            outside: BTreeMap::new(),
            variables: BTreeMap::new(),
        }
    }

    /// The same inputs with these files, which are known from a build, in place of any others.
    pub(super) fn with(mut self, outside: &Outside) -> Self {
        let values = outside.variables.iter().filter(|name| is_input(name));
        let values = values.filter_map(|name| {
            let value = std::env::var_os(name)?;
            let name = variable(name);
            // What the project sets is known without the script.
            (!self.known.contains_key(&name)).then(|| (name, short(value.as_encoded_bytes())))
        });
        self.variables = values.collect();
        self.outside.clone_from(&outside.contents);
        self
    }

    /// The hash of all values.
    pub(super) fn fingerprint(&self) -> String {
        let mut fingerprint = Fingerprint::new();
        for (name, value) in self.values() {
            fingerprint.add(name, value);
        }
        fingerprint.finish()
    }

    /// Each value with its name.
    fn values(&self) -> impl Iterator<Item = (&String, &String)> {
        self.known
            .iter()
            .chain(&self.outside)
            .chain(&self.variables)
    }

    /// Whether all that is known before a build is the same.
    pub(super) fn are_known_alike(&self, other: &Self) -> bool {
        self.known == other.known
    }

    /// The names of the files that are known from an earlier build.
    pub(super) fn outside(&self) -> Names {
        self.outside.keys().cloned().collect()
    }

    /// The name for the project's files among them.
    pub(super) fn sources(&self) -> &str {
        self.known.get(SOURCES).map_or("", String::as_str)
    }

    /// What differs from those of an earlier build, in words; `None` if nothing does.
    pub(super) fn difference(
        &self,
        before: &Self,
        files: (&BTreeMap<String, String>, Option<&BTreeMap<String, String>>),
    ) -> Option<String> {
        let (now, then): (BTreeMap<_, _>, BTreeMap<_, _>) =
            (self.values().collect(), before.values().collect());
        let names: BTreeSet<_> = now.keys().chain(then.keys()).copied().collect();
        let mut reasons = Vec::new();
        for name in names {
            let (now, then) = (now.get(name), then.get(name));
            if now == then {
                continue;
            }
            let reason = match (name.as_str(), now, then) {
                (SOURCES, ..) => {
                    reasons.insert(0, changed_files(files.0, files.1));
                    continue;
                }
                (_, Some(now), Some(then)) if is_telling(name) => {
                    format!("{name} was {then}, is {now}")
                }
                (name, ..) => format!("{name} changed"),
            };
            reasons.push(reason);
        }
        (!reasons.is_empty()).then(|| reasons.join("; "))
    }
}

/// Whether the value is readable, and not a hash.
fn is_telling(name: &str) -> bool {
    matches!(
        name,
        "Zig" | "target" | "optimize" | "SOURCE_DATE_EPOCH" | "pyz3" | "ziggy-pydust"
    )
}

fn changed_files(
    now: &BTreeMap<String, String>,
    then: Option<&BTreeMap<String, String>>,
) -> String {
    let Some(then) = then else {
        return "sources changed".to_owned();
    };
    let names: BTreeSet<_> = now.keys().chain(then.keys()).collect();
    let mut changed = names.into_iter().filter_map(|name| {
        let what = match (now.get(name), then.get(name)) {
            (Some(now), Some(then)) if now == then => return None,
            (Some(_), Some(_)) => "changed",
            (Some(_), None) => "is new",
            _ => "is gone",
        };
        Some(format!("{name} {what}"))
    });
    let Some(first) = changed.next() else {
        return "sources changed".to_owned();
    };
    match changed.count() {
        0 => first,
        more => format!("{first}, and {more} more files"),
    }
}

/// The environment variables and arguments of one compile.
fn of_compile(compile: &Job, shared: &SharedInputs<'_>) -> BTreeMap<String, String> {
    let config = &shared.project.config;
    let own = config.platform.get(&compile.platform);
    let arguments = own.map(|own| own.extra_args.as_slice()).unwrap_or_default();
    let arguments = format!("{:?}{arguments:?}", config.extra_args);
    let mut values = BTreeMap::from([("extra-args".to_owned(), arguments)]);
    let mut env = config.env.clone();
    env.extend(own.iter().flat_map(|own| own.env.clone()));
    for (name, value) in host_variables::of(shared.project, compile) {
        env.insert(name.to_owned(), value.to_string_lossy().into_owned());
    }
    for name in shared.names() {
        if let Some(value) = std::env::var_os(name) {
            env.entry(name.to_owned())
                .or_insert_with(|| value.to_string_lossy().into_owned());
        }
    }
    if host_variables::is_native(compile) {
        let sha256 = shared
            .pkg_config
            .get_or_init(|| pkg_config(&env, &shared.project.root));
        values.extend(
            sha256
                .iter()
                .map(|sha256| (PKG_CONFIG_FILES.to_owned(), sha256.clone())),
        );
    }
    for (name, value) in env {
        values.insert(variable(&name), short(&value));
    }
    values
}

/// A digest of the `.pc` files in the folders that variables name; `None` without such files. They say where
/// libraries are and what the libraries need.
fn pkg_config(env: &BTreeMap<String, String>, root: &Path) -> Option<String> {
    let mut fingerprint = Fingerprint::new();
    let mut is_empty = true;
    let paths = FOLDERS_OF_PKG_CONFIG
        .iter()
        .filter_map(|name| env.get(*name));
    for folder in paths.flat_map(std::env::split_paths) {
        let found = std::fs::read_dir(root.join(folder));
        let found = found.into_iter().flatten().flatten();
        let mut files: Vec<_> = found.map(|entry| entry.path()).collect();
        files.retain(|file| file.extension().is_some_and(|ending| ending == "pc"));
        files.sort();
        for file in files {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            fingerprint.add(&name, std::fs::read(&file).unwrap_or_default());
            is_empty = false;
        }
    }
    (!is_empty).then(|| fingerprint.finish())
}

/// The name of a variable's value.
fn variable(name: &str) -> String {
    format!("the variable {name}")
}

/// Whether a variable that a build script names counts as it is in the environment.
fn is_input(name: &str) -> bool {
    !PLACES.contains(&name) && !host_variables::contains(name)
}

impl<'a> SharedInputs<'a> {
    pub(super) fn of(
        prepared: &'a Prepared<'a>,
        project: &'a Project,
        sources: &'a Sources,
    ) -> Self {
        Self {
            prepared,
            project,
            digest: sources.digest(),
            sources,
            pkg_config: OnceCell::new(),
        }
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        let mentioned = self.sources.names.iter().map(String::as_str);
        mentioned.filter(|name| is_input(name)).chain(READ_BY_ZIG)
    }
}

/// Variables that name directories of this machine, which are not inputs of a build.
const PLACES: [&str; 3] = ["ZIG_LOCAL_CACHE_DIR", "ZIG_GLOBAL_CACHE_DIR", "PATH"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_pkg_config_count_by_content() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pc/x.pc");
        fs_err::create_dir(folder.path().join("pc")).unwrap();
        let env = BTreeMap::from([("PKG_CONFIG_LIBDIR".to_owned(), "pc".to_owned())]);
        fs_err::write(file.with_extension("txt"), "").unwrap();
        assert_eq!(pkg_config(&env, folder.path()), None);
        fs_err::write(&file, "Libs: -la").unwrap();
        let before = pkg_config(&env, folder.path());
        assert!(before.is_some());
        fs_err::write(&file, "Libs: -lb").unwrap();
        assert_ne!(pkg_config(&env, folder.path()), before);
    }
}
