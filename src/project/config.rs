//! `[tool.pyz3-wheel]`: what the project asks of us.
//!
//! Takes the table, gives it typed, each value with its place. Unknown keys and wrong types are
//! problems; nothing is given a default here, since flags and environment come before the file.

mod abi;
mod install;
mod platform;
mod reader;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub use self::abi::Abi;
pub use self::install::{InstallRule, InstallTarget};
pub use self::platform::PlatformConfig;
use self::reader::Reader;
use super::neighbours::layout::Layout;
use super::neighbours::selectors::Selectors;
use super::pyproject::Document;
use super::source::{Located, Source};
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::metadata::module_name::ModuleName;
use crate::options::{Setting, Value, keys};
use crate::platform::Platform;
use crate::tags::PythonVersion;

/// The settings of `[tool.pyz3-wheel]`; `None` or empty where the file says nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Config {
    /// The keys that have an option too, by the names of their settings.
    pub(super) settings: BTreeMap<&'static str, Located<Value>>,
    /// `sbom`: put a software bill of materials into each wheel.
    pub sbom: Option<Located<bool>>,
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
    /// Where the packages are, by the tables of other build backends.
    pub(super) layout: Layout,
    /// `include`: patterns of files to take in that other rules leave out.
    pub include: Option<Located<Vec<String>>>,
    /// `exclude`: patterns of files to leave out.
    pub exclude: Option<Located<Vec<String>>>,
    /// `wheel-exclude`: patterns of files to leave out of wheels only.
    pub wheel_exclude: Option<Located<Vec<String>>>,
    /// `sdist-exclude`: patterns of files to leave out of the sdist only.
    pub sdist_exclude: Option<Located<Vec<String>>>,
    /// `sdist-untracked`: put files into the sdist that git does not track.
    pub sdist_untracked: Option<Located<bool>>,
    /// `data`: a folder whose files are installed below the environment's root.
    pub data: Option<Located<String>>,
    /// `scripts`: a folder of programs.
    pub scripts: Option<Located<String>>,
    /// `headers`: a folder of C headers.
    pub headers: Option<Located<String>>,
    /// `package`: dotted name of the package that shared libraries go into.
    pub package: Option<Located<String>>,
    /// `install`: where files that build.zig installs go, in the order of the file.
    pub install: Vec<InstallRule>,
    /// `step`: the step of build.zig to run.
    pub step: Option<Located<String>>,
    /// `extra-args`: more arguments for `zig build`.
    pub extra_args: Vec<String>,
    /// `build-file`: the build script, relative to the root, if it is not build.zig.
    pub build_file: Option<Located<PathBuf>>,
    /// `env`: more environment for `zig build`.
    pub env: BTreeMap<String, String>,
    /// Which wheels "all" means, by `[tool.cibuildwheel]`.
    pub selectors: Option<Selectors>,
    /// `platform.NAME`: what holds for one platform only.
    pub platform: BTreeMap<Platform, PlatformConfig>,
}

impl Config {
    /// What the file gives for a setting.
    pub fn setting(&self, setting: &Setting) -> Option<&Located<Value>> {
        self.settings.get(setting.name)
    }

    /// Reads `[tool.pyz3-wheel]` of the project in the folder `root` as far as it is valid: how to report
    /// what is wrong with a project is a setting too. `None` if pyproject.toml cannot be read at all.
    pub fn read_leniently(root: &Path) -> Option<Self> {
        let source = Source::read(root).ok()?;
        Some(Self::read(
            &Document::parse_leniently(&source),
            &mut Vec::new(),
        ))
    }

    /// Reads `[tool.pyz3-wheel]` in the folder `root` for a subcommand that needs no project: `None` if there is
    /// no such table, whatever else pyproject.toml is. If there is one, the file must be valid.
    pub fn read_if_any(root: &Path) -> Result<Option<Self>> {
        let Ok(source) = Source::read(root) else {
            return Ok(None);
        };
        let lenient = Document::parse_leniently(&source);
        let tool = lenient.root().get("tool");
        let tool = tool.and_then(|tool| tool.as_table());
        if tool.is_none_or(|tool| tool.get("pyz3-wheel").is_none()) {
            return Ok(None);
        }
        let document = Document::parse(&source)?;
        let mut problems = Vec::new();
        let config = Self::read(&document, &mut problems);
        Error::check(ErrorKind::Config, problems)?;
        Ok(Some(config))
    }

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
        let keys: Vec<_> = keys::all().map(|key| key.name).collect();
        table.refuse_unknown(&keys, problems);
        let mut read = Reader {
            table: &table,
            problems,
        };
        config.settings = read.settings();
        read.refuse_unknown_of_check();
        config.sbom = read.boolean("sbom");
        config.abi = read.abi();
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
        config.wheel_exclude = read.patterns("wheel-exclude");
        config.sdist_exclude = read.patterns("sdist-exclude");
        config.sdist_untracked = read.boolean("sdist-untracked");
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
        config.install = read.install();
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
