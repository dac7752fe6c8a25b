//! `[tool.pyz3-wheel]`: what the project asks of us.
//!
//! Takes the table, gives it typed, each value with its place. Unknown keys and wrong types are
//! problems; nothing is given a default here, since flags and environment come before the file.

mod install;
mod reader;

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

pub use self::install::{InstallRule, InstallTarget};
use self::reader::Reader;
use super::neighbours::{Layout, Selectors};
use super::pyproject::{Document, Located, Source};
use crate::error::Problem;
use crate::metadata::module_name::ModuleName;
use crate::platform::Platform;
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
    /// `from-sdist`: build wheels from the sdist.
    pub from_sdist: Option<Located<bool>>,
    /// `verify-reproducible`: build everything twice and compare.
    pub verify_reproducible: Option<Located<bool>>,
    /// `vendor`: put the Zig packages that the build script depends on into the sdist.
    pub vendor: Option<Located<bool>>,
    /// `sbom`: put a software bill of materials into each wheel.
    pub sbom: Option<Located<bool>>,
    /// `dry-run`: show what would be done.
    pub dry_run: Option<Located<bool>>,
    /// `cache-dir`: where our cache is.
    pub cache_dir: Option<Located<String>>,
    /// `no-cache`: build everything anew and keep nothing.
    pub no_cache: Option<Located<bool>>,
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

/// The settings of `[tool.pyz3-wheel.platform.NAME]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlatformConfig {
    /// `floor`: the lowest release of glibc or macOS to run on.
    pub floor: Option<Located<Release>>,
    /// `MACOSX_DEPLOYMENT_TARGET` in an environment that the project configures: the floor where
    /// nothing else sets it.
    pub deployment_target: Option<Located<Release>>,
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

const KEYS: [&str; 44] = [
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
    "from-sdist",
    "verify-reproducible",
    "vendor",
    "sbom",
    "dry-run",
    "cache-dir",
    "no-cache",
    "abi",
    "abi3-floor",
    "modules",
    "packages",
    "python-source",
    "include",
    "exclude",
    "sdist-untracked",
    "data",
    "scripts",
    "headers",
    "package",
    "install",
    "step",
    "extra-args",
    "build-file",
    "env",
    "platform",
    // Read by those whom they concern: the metadata, and the modules of managed projects.
    "version",
    "readme",
    "module",
];

impl Config {
    /// Reads `[tool.pyz3-wheel]` of the project in the folder `root` as far as it is valid: how to report
    /// what is wrong with a project is a setting too. `None` if pyproject.toml cannot be read at all.
    pub fn read_leniently(root: &Path) -> Option<Self> {
        let source = Source::read(root).ok()?;
        Some(Self::read(&source.parse_leniently(), &mut Vec::new()))
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
        config.from_sdist = read.boolean("from-sdist");
        config.verify_reproducible = read.boolean("verify-reproducible");
        config.vendor = read.boolean("vendor");
        config.sbom = read.boolean("sbom");
        config.dry_run = read.boolean("dry-run");
        config.cache_dir = read.string("cache-dir");
        config.no_cache = read.boolean("no-cache");
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

fn abi(text: &str) -> Result<Abi, Problem> {
    match text {
        "full" => Ok(Abi::Full),
        "abi3" => Ok(Abi::Abi3),
        "none" => Ok(Abi::None),
        _ => Err(Problem::new(format!("`{text}` is not an ABI"))
            .hint("write \"full\", \"abi3\" or \"none\"")),
    }
}

/// Whether a path goes down from where it starts, and only down.
pub(super) fn is_plain_relative(path: &str) -> bool {
    let mut parts = Path::new(path).components().peekable();
    parts.peek().is_some()
        && !path.contains(['\\', ':'])
        && !path.chars().any(char::is_control)
        && parts.all(|part| matches!(part, Component::Normal(_)))
}
