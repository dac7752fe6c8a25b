//! `[tool.pyz3-wheel]`: what the project asks of us.
//!
//! Takes the table, gives it typed, each value with its place. Unknown keys and wrong types are
//! problems; nothing is given a default here, since flags and environment come before the file.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use super::entry::{Entry, Table};
use super::files::check_pattern;
use super::module_name::ModuleName;
use super::pyproject::{Document, Located};
use crate::error::Problem;
use crate::platform::{Platform, ZigTarget};
use crate::tags::{PythonVersion, Release};

/// The settings of `[tool.pyz3-wheel]`; `None` or empty where the file says nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Config {
    /// `platforms`: names of platforms to build for.
    pub platforms: Option<Located<Vec<String>>>,
    /// `all-platforms`: build for every platform.
    pub all_platforms: Option<Located<bool>>,
    /// `pythons`: versions, tags or paths of Pythons to build for.
    pub pythons: Option<Located<Vec<String>>>,
    /// `all-pythons`: build for every Python that is here and that the project admits.
    pub all_pythons: Option<Located<bool>>,
    /// `optimize`: one of Zig's optimize modes.
    pub optimize: Option<Located<String>>,
    /// `output-dir`: where wheels go.
    pub output_dir: Option<Located<String>>,
    /// `jobs`: how many builds run at once.
    pub jobs: Option<Located<u32>>,
    /// `clean`: empty the caches of this project first.
    pub clean: Option<Located<bool>>,
    /// `fail-fast`: stop at the first failure.
    pub fail_fast: Option<Located<bool>>,
    /// `format`: how results are shown.
    pub format: Option<Located<String>>,
    /// `verbose`: say more.
    pub verbose: Option<Located<bool>>,
    /// `quiet`: say less.
    pub quiet: Option<Located<bool>>,
    /// `zig`: the version of Zig.
    pub zig: Option<Located<String>>,
    /// `zig-exe`: the Zig to run.
    pub zig_exe: Option<Located<String>>,
    /// `manylinux`: the glibc floor of all Linux platforms.
    pub manylinux: Option<Located<String>>,
    /// `provision`: install Pythons that are missing.
    pub provision: Option<Located<bool>>,
    /// `dry-run`: show what would be done.
    pub dry_run: Option<Located<bool>>,
    /// `abi`: which of Python's binary interfaces the native code uses.
    pub abi: Option<Located<Abi>>,
    /// `abi3-floor`: the lowest Python that an abi3 module supports.
    pub abi3_floor: Option<Located<PythonVersion>>,
    /// `modules`: dotted names of the extension modules.
    pub modules: Vec<Located<ModuleName>>,
    /// `packages`: folders of Python files, relative to the root.
    ///
    /// Ex) `src/hello`
    pub packages: Option<Located<Vec<String>>>,
    /// `python-source`: the folder from which packages are counted, relative to the root.
    ///
    /// Ex) `src`
    pub python_source: Option<Located<String>>,
    /// `include`: patterns of files to take in that other rules leave out.
    pub include: Option<Located<Vec<String>>>,
    /// `exclude`: patterns of files to leave out.
    pub exclude: Option<Located<Vec<String>>>,
    /// `data`: a folder whose files are installed below the environment's root.
    pub data: Option<Located<String>>,
    /// `scripts`: a folder of programs.
    pub scripts: Option<Located<String>>,
    /// `headers`: a folder of C headers.
    pub headers: Option<Located<String>>,
    /// `package`: dotted name of the package that shared libraries go into.
    pub package: Option<Located<String>>,
    /// `step`: the step of build.zig to run.
    pub step: Option<Located<String>>,
    /// `extra-args`: more arguments for `zig build`.
    pub extra_args: Vec<String>,
    /// `build-file`: the build script, relative to the root, if it is not build.zig.
    pub build_file: Option<Located<PathBuf>>,
    /// `env`: more environment for `zig build`.
    pub env: BTreeMap<String, String>,
    /// `platform.NAME`: what holds for one platform only.
    pub platform: BTreeMap<Platform, PlatformConfig>,
}

/// The settings of `[tool.pyz3-wheel.platform.NAME]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlatformConfig {
    /// `floor`: the lowest release of glibc or macOS to run on.
    pub floor: Option<Located<Release>>,
    /// `extra-args`: more arguments for `zig build`, after the general ones.
    pub extra_args: Vec<String>,
    /// `env`: more environment for `zig build`, over the general one.
    pub env: BTreeMap<String, String>,
}

/// Which of Python's binary interfaces the native code uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Abi {
    /// The full C API: a wheel for each Python.
    Full,
    /// The stable ABI: one wheel for a Python and all later ones.
    Abi3,
    /// None: shared libraries for ctypes or cffi, one wheel for all Pythons.
    None,
}

impl std::fmt::Display for Abi {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Full => "full",
            Self::Abi3 => "abi3",
            Self::None => "none",
        })
    }
}

const KEYS: [&str; 35] = [
    "platforms",
    "all-platforms",
    "pythons",
    "all-pythons",
    "optimize",
    "output-dir",
    "jobs",
    "clean",
    "fail-fast",
    "format",
    "verbose",
    "quiet",
    "zig",
    "zig-exe",
    "manylinux",
    "provision",
    "dry-run",
    "abi",
    "abi3-floor",
    "modules",
    "packages",
    "python-source",
    "include",
    "exclude",
    "data",
    "scripts",
    "headers",
    "package",
    "step",
    "extra-args",
    "build-file",
    "env",
    "platform",
    // Of the metadata, which read them.
    "version",
    "readme",
];

impl Config {
    /// Reads `[tool.pyz3-wheel]`, or gives the empty configuration if there is none.
    pub(super) fn read(document: &Document<'_>, problems: &mut Vec<Problem>) -> Self {
        let mut config = Self::default();
        let tool = document.root().get("tool");
        let Some(tool) = tool.and_then(|tool| tool.table(problems)) else {
            return config;
        };
        let ours = tool.get("pyz3-wheel");
        let Some(table) = ours.and_then(|ours| ours.table(problems)) else {
            return config;
        };
        table.refuse_unknown(&KEYS, problems);
        let mut read = Reader {
            table: &table,
            problems,
        };
        config.platforms = read.strings("platforms");
        config.all_platforms = read.boolean("all-platforms");
        config.pythons = read.strings("pythons");
        config.all_pythons = read.boolean("all-pythons");
        config.optimize = read.string("optimize");
        config.output_dir = read.string("output-dir");
        config.jobs = read.positive("jobs");
        config.clean = read.boolean("clean");
        config.fail_fast = read.boolean("fail-fast");
        config.format = read.string("format");
        config.verbose = read.boolean("verbose");
        config.quiet = read.boolean("quiet");
        config.zig = read.string("zig");
        config.zig_exe = read.string("zig-exe");
        config.manylinux = read.string("manylinux");
        config.provision = read.boolean("provision");
        config.dry_run = read.boolean("dry-run");
        config.abi = read.parsed("abi", abi);
        config.abi3_floor = read.parsed("abi3-floor", |text| {
            text.parse().map_err(|error: crate::tags::ParseTagError| {
                Problem::new(error.to_string()).hint("write the version as \"3.9\"")
            })
        });
        config.modules = read.modules();
        config.packages = read.strings("packages");
        if let Some(packages) = &config.packages {
            let entry = table.get("packages");
            read.refuse_outside(entry, packages.value.iter().map(String::as_str));
        }
        config.python_source = read.folder("python-source");
        config.include = read.patterns("include");
        config.exclude = read.patterns("exclude");
        config.data = read.folder("data");
        config.scripts = read.folder("scripts");
        config.headers = read.folder("headers");
        config.package = read.parsed("package", |text| {
            text.parse::<ModuleName>()
                .map(|name| name.to_string())
                .map_err(|error| {
                    Problem::new(error.to_string()).hint("write the package's dotted import name")
                })
        });
        config.step = read.string("step");
        config.extra_args = read.strings("extra-args").map_or(Vec::new(), |l| l.value);
        config.build_file = read
            .string("build-file")
            .map(|text| text.map(PathBuf::from));
        config.env = read.env();
        config.platform = read.platforms();
        config
    }
}

fn abi(text: &str) -> Result<Abi, Problem> {
    match text {
        "full" => Ok(Abi::Full),
        "abi3" => Ok(Abi::Abi3),
        "none" => Ok(Abi::None),
        _ => Err(Problem::new(format!("`{text}` is not an ABI"))
            .hint("write \"full\", \"abi3\" or \"none\"")),
    }
}

/// Reads keys of one table and collects what is wrong.
struct Reader<'t, 'a, 'p> {
    table: &'t Table<'a>,
    problems: &'p mut Vec<Problem>,
}

impl Reader<'_, '_, '_> {
    fn string(&mut self, key: &str) -> Option<Located<String>> {
        self.parsed(key, |text| Ok(text.to_owned()))
    }

    fn parsed<T>(
        &mut self,
        key: &str,
        parse: impl FnOnce(&str) -> Result<T, Problem>,
    ) -> Option<Located<T>> {
        let entry = self.table.get(key)?;
        let text = entry.string(self.problems)?;
        if text.is_empty() || text.contains('\0') {
            self.problems.push(
                entry
                    .problem("must not be empty or contain a NUL")
                    .hint("give a value, or remove the key"),
            );
            return None;
        }
        match parse(text) {
            Ok(value) => Some(entry.locate(value)),
            Err(problem) => {
                self.problems.push(entry.wrap(problem));
                None
            }
        }
    }

    fn boolean(&mut self, key: &str) -> Option<Located<bool>> {
        let entry = self.table.get(key)?;
        entry
            .boolean(self.problems)
            .map(|value| entry.locate(value))
    }

    fn positive(&mut self, key: &str) -> Option<Located<u32>> {
        let entry = self.table.get(key)?;
        entry
            .positive(self.problems)
            .map(|value| entry.locate(value))
    }

    fn strings(&mut self, key: &str) -> Option<Located<Vec<String>>> {
        let entry = self.table.get(key)?;
        let mut values = Vec::new();
        for (item, text) in entry.strings(self.problems) {
            if text.contains('\0') {
                self.problems.push(
                    item.problem("must not contain a NUL")
                        .hint("remove the character"),
                );
            } else {
                values.push(text.to_owned());
            }
        }
        entry.as_items()?;
        Some(entry.locate(values))
    }

    fn modules(&mut self) -> Vec<Located<ModuleName>> {
        let Some(entry) = self.table.get("modules") else {
            return Vec::new();
        };
        let mut modules: Vec<Located<ModuleName>> = Vec::new();
        for (item, text) in entry.strings(self.problems) {
            match text.parse::<ModuleName>() {
                Err(error) => self.problems.push(
                    item.problem(error.to_string())
                        .hint("write the module's dotted import name, like \"hello._native\""),
                ),
                Ok(name) if modules.iter().any(|known| known.value == name) => {
                    self.problems.push(
                        item.problem(format!("`{name}` is listed twice"))
                            .hint("remove one of them"),
                    );
                }
                Ok(name) => modules.push(item.locate(name)),
            }
        }
        modules
    }

    fn env(&mut self) -> BTreeMap<String, String> {
        let mut env = BTreeMap::new();
        let entry = self.table.get("env");
        let Some(table) = entry.and_then(|entry| entry.table(self.problems)) else {
            return env;
        };
        for entry in table.entries() {
            let Some(value) = entry.string(self.problems) else {
                continue;
            };
            if entry.key.is_empty() || entry.key.contains(['=', '\0']) || value.contains('\0') {
                self.problems.push(
                    entry
                        .problem("is not an environment variable")
                        .hint("names have no `=`, and neither names nor values have a NUL"),
                );
            } else {
                env.insert(entry.key.to_owned(), value.to_owned());
            }
        }
        env
    }

    fn platforms(&mut self) -> BTreeMap<Platform, PlatformConfig> {
        let mut platforms = BTreeMap::new();
        let entry = self.table.get("platform");
        let Some(table) = entry.and_then(|entry| entry.table(self.problems)) else {
            return platforms;
        };
        for entry in table.entries() {
            let platform = match entry.key.parse::<Platform>() {
                Ok(platform) => Some(platform),
                Err(problem) => {
                    self.problems.push(entry.wrap(problem));
                    None
                }
            };
            let Some(table) = entry.table(self.problems) else {
                continue;
            };
            table.refuse_unknown(&["floor", "extra-args", "env"], self.problems);
            let mut read = Reader {
                table: &table,
                problems: self.problems,
            };
            let config = PlatformConfig {
                floor: read.parsed("floor", |text| floor(platform, text)),
                extra_args: read.strings("extra-args").map_or(Vec::new(), |l| l.value),
                env: read.env(),
            };
            if let Some(platform) = platform {
                platforms.insert(platform, config);
            }
        }
        platforms
    }

    /// The path of a folder of the project.
    fn folder(&mut self, key: &str) -> Option<Located<String>> {
        let folder = self.string(key)?;
        let entry = self.table.get(key);
        self.refuse_outside(entry, std::iter::once(folder.value.as_str()));
        Some(folder.map(|path| path.trim_end_matches('/').to_owned()))
    }

    /// Patterns as `.gitignore` has them.
    fn patterns(&mut self, key: &str) -> Option<Located<Vec<String>>> {
        let patterns = self.strings(key)?;
        for pattern in &patterns.value {
            if let (Some(entry), Err(problem)) = (self.table.get(key), check_pattern(pattern)) {
                self.problems.push(entry.wrap(problem));
            }
        }
        Some(patterns)
    }

    /// Paths of packages must stay inside the project, wherever it is unpacked.
    fn refuse_outside<'s>(
        &mut self,
        entry: Option<Entry<'_>>,
        paths: impl Iterator<Item = &'s str>,
    ) {
        let Some(entry) = entry else { return };
        for path in paths.filter(|path| !is_plain_relative(path)) {
            self.problems.push(
                entry
                    .problem(format!("`{path}` is not a folder below the project's root"))
                    .hint("write it relative to pyproject.toml with `/`, like \"src/hello\""),
            );
        }
    }
}

fn floor(platform: Option<Platform>, text: &str) -> Result<Release, Problem> {
    let release: Release = text.parse().map_err(|error: crate::tags::ParseTagError| {
        Problem::new(error.to_string()).hint("write the release as \"2.28\" or \"11.0\"")
    })?;
    if let Some(platform) = platform {
        ZigTarget::with_floor(platform, release)?;
    }
    Ok(release)
}

/// Whether a path goes down from where it starts, and only down.
pub(super) fn is_plain_relative(path: &str) -> bool {
    let mut parts = Path::new(path).components().peekable();
    parts.peek().is_some()
        && !path.contains(['\\', ':'])
        && !path.chars().any(char::is_control)
        && parts.all(|part| matches!(part, Component::Normal(_)))
}
