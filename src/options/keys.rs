//! The keys of `[tool.pyz3-wheel]`: those of the settings, and those that have no option.

use super::table;

/// A key of a table in pyproject.toml.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// What it is for.
    pub help: &'static str,
    /// What values it has.
    pub shape: Shape,
    /// Whether its table is invalid without it.
    pub is_required: bool,
}

/// What values a key has, as far as the values by themselves show it.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// `true` or `false`.
    Boolean,
    /// `false`, which turns something off.
    False,
    /// A positive number of 32 bits.
    Integer,
    /// A string that is not empty.
    String {
        /// The possible values; empty if there are many.
        choices: &'static [&'static str],
        /// A regular expression (ECMA 262) that finds something in every valid value.
        pattern: Option<&'static str>,
    },
    /// A string.
    AnyString,
    /// The name of a platform.
    Platform,
    /// An array.
    Array(&'static Shape),
    /// An array without repetitions.
    Set(&'static Shape),
    /// A table with these keys.
    Table(&'static [Key]),
    /// A table whose keys the project chooses.
    Map {
        /// Which keys are possible.
        names: Names,
        /// The values.
        values: &'static Shape,
    },
    /// One of several.
    Either(&'static [Shape]),
}

/// The possible keys of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// Paths below the prefix that build.zig installs to.
    Paths,
    /// Names of environment variables.
    Variables,
    /// The platforms.
    Platforms,
}

/// A relative path that begins with neither `.` nor `..`.
pub(crate) const DIRECTORY: &str = r"^([^./\\:]|\.[^./\\:]|\.\.[^/\\:])[^\\:]*$";

impl Shape {
    /// Any string that is not empty.
    pub const TEXT: Self = Self::String {
        choices: &[],
        pattern: None,
    };

    const TEXTS: Self = Self::Array(&Self::AnyString);

    const fn matching(pattern: &'static str) -> Self {
        Self::String {
            choices: &[],
            pattern: Some(pattern),
        }
    }

    /// A directory below the project, with `/`. The program also refuses `..` behind the first directory,
    /// which a pattern without lookahead does not find; not every engine has lookahead.
    const DIRECTORY: Self = Self::matching(DIRECTORY);

    /// A file below the project, with `/`, which may begin with `./`.
    const FILE: Self = Self::matching(r"^[^/\\:][^\\:]*$");

    const FILES: Self = Self::Array(&Self::FILE);

    /// The dotted import name of a module.
    const MODULE: Self = Self::matching(r"^[^-./\\\s]+(\.[^-./\\\s]+)*$");

    /// A place in the wheel; `.` is its outermost directory.
    const DESTINATION: Self = Self::Either(&[
        Self::String {
            choices: &[".", "./"],
            pattern: None,
        },
        Self::DIRECTORY,
    ]);

    const ENVIRONMENT: Self = Self::Map {
        names: Names::Variables,
        values: &Self::AnyString,
    };
}

impl Key {
    const fn new(name: &'static str, help: &'static str, shape: Shape) -> Self {
        Self {
            name,
            help,
            shape,
            is_required: false,
        }
    }

    const fn required(name: &'static str, help: &'static str, shape: Shape) -> Self {
        Self {
            is_required: true,
            ..Self::new(name, help, shape)
        }
    }
}

/// `[[tool.pyz3-wheel.module]]`: an extension module of a project without a build script.
pub const MODULE: &[Key] = &[
    Key::required(
        "name",
        "The import name of the module, for example `hello._native`",
        Shape::MODULE,
    ),
    Key::required(
        "root",
        "The module's Zig file, relative to pyproject.toml",
        Shape::FILE,
    ),
    Key::new(
        "c-sources",
        "Sources in C or C++ that are compiled into the module",
        Shape::FILES,
    ),
    Key::new("c-include-dirs", "Directories of C headers", Shape::FILES),
    Key::new(
        "c-libraries",
        "Names of libraries to link, for example `m`",
        Shape::Array(&Shape::TEXT),
    ),
    Key::new("c-flags", "Flags for the C compiler", Shape::TEXTS),
];

/// `[tool.pyz3-wheel.platform.NAME]`: what holds for one platform only.
pub const PLATFORM: &[Key] = &[
    Key::new(
        "floor",
        "The lowest release of glibc or macOS that the wheels must run on",
        Shape::matching("^[0-9]+[._][0-9]+$"),
    ),
    Key::new(
        "extra-args",
        "More arguments for `zig build`, after the general ones",
        Shape::TEXTS,
    ),
    Key::new(
        "env",
        "More environment variables for `zig build`, over the general ones",
        Shape::ENVIRONMENT,
    ),
];

/// `[tool.pyz3-wheel.version]`: the source of a dynamic version.
pub const VERSION: &[Key] = &[
    Key::new("file", "A file that contains the version", Shape::TEXT),
    Key::new(
        "pattern",
        "A regular expression whose only group matches the version in `file`",
        Shape::AnyString,
    ),
    Key::new(
        "zon",
        "Whether `.version` of build.zig.zon is the version",
        Shape::Boolean,
    ),
    Key::new(
        "git",
        "Whether the nearest git tag is the version",
        Shape::Boolean,
    ),
];

/// `[tool.pyz3-wheel.readme]`: the source of a dynamic readme.
pub const README: &[Key] = &[
    Key::required(
        "files",
        "The files that make up the readme, in order",
        Shape::Array(&Shape::TEXT),
    ),
    Key::new("content-type", "The content type of the files", Shape::TEXT),
];

/// The keys of `[tool.pyz3-wheel]` that have no option.
pub const WITHOUT_OPTION: &[Key] = &[
    Key::new(
        "sbom",
        "Whether each wheel contains a software bill of materials",
        Shape::Boolean,
    ),
    Key::new(
        "abi",
        "The binary interface of Python that the native code uses; detected by default",
        Shape::String {
            choices: &["full", "abi3", "none"],
            pattern: None,
        },
    ),
    Key::new(
        "abi3-floor",
        "The lowest Python that an abi3 module supports",
        Shape::matching(r"^3\.[0-9]+$"),
    ),
    Key::new(
        "modules",
        "Import names of the extension modules that the build script builds",
        Shape::Set(&Shape::MODULE),
    ),
    Key::new(
        "packages",
        "Directories of the Python packages; found by default",
        Shape::Array(&Shape::DIRECTORY),
    ),
    Key::new(
        "python-source",
        "The directory from which packages are counted",
        Shape::DIRECTORY,
    ),
    Key::new(
        "include",
        "Patterns of files to include although other rules leave them out",
        Shape::TEXTS,
    ),
    Key::new(
        "exclude",
        "Patterns of files to leave out of wheel and sdist",
        Shape::TEXTS,
    ),
    Key::new(
        "sdist-untracked",
        "Whether files that git does not track go into the sdist",
        Shape::Boolean,
    ),
    Key::new(
        "data",
        "A directory of files for the environment's root",
        Shape::DIRECTORY,
    ),
    Key::new("scripts", "A directory of programs", Shape::DIRECTORY),
    Key::new("headers", "A directory of C headers", Shape::DIRECTORY),
    Key::new(
        "package",
        "The package that shared libraries go into",
        Shape::MODULE,
    ),
    Key::new(
        "install",
        "Where files that build.zig installs go in the wheel; false leaves them out",
        Shape::Map {
            names: Names::Paths,
            values: &Shape::Either(&[Shape::DESTINATION, Shape::False]),
        },
    ),
    Key::new("step", "The step of build.zig to run", Shape::TEXT),
    Key::new("extra-args", "More arguments for `zig build`", Shape::TEXTS),
    Key::new(
        "build-file",
        "The build script, if it is not build.zig",
        Shape::TEXT,
    ),
    Key::new(
        "env",
        "More environment variables for `zig build`",
        Shape::ENVIRONMENT,
    ),
    Key::new(
        "platform",
        "What holds for one platform only",
        Shape::Map {
            names: Names::Platforms,
            values: &Shape::Table(PLATFORM),
        },
    ),
    Key::new(
        "version",
        "The source of a dynamic version",
        Shape::Table(VERSION),
    ),
    Key::new(
        "readme",
        "The source of a dynamic readme",
        Shape::Table(README),
    ),
    Key::new(
        "module",
        "Extension modules of a project without a build script",
        Shape::Array(&Shape::Table(MODULE)),
    ),
];

/// Every key of `[tool.pyz3-wheel]`.
pub fn all() -> impl Iterator<Item = Key> {
    let settings = table::ALL.iter().filter_map(|setting| {
        let key = setting.key?;
        Some(Key::new(key, setting.help, setting.shape()))
    });
    settings.chain(WITHOUT_OPTION.iter().copied())
}

/// The names of the keys of a table.
pub fn names(keys: &[Key]) -> Vec<&'static str> {
    keys.iter().map(|key| key.name).collect()
}
