//! The keys of `[tool.pyz3-wheel]`: those of the settings, and those that have no option.

use super::shape::{Key, Names, Shape};
use super::table;

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

/// `[tool.pyz3-wheel.check]`: which checks `pyz3-wheel check` reports. A build runs all checks.
pub const CHECK: &[Key] = &[
    Key::new(
        "select",
        "The only checks that `pyz3-wheel check` reports; all by default",
        Shape::Array(&Shape::Check),
    ),
    Key::new(
        "ignore",
        "Checks that `pyz3-wheel check` does not report",
        Shape::Array(&Shape::Check),
    ),
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
        Shape::Either(&[
            Shape::String {
                choices: &["full", "abi3", "none"],
                pattern: None,
            },
            Shape::Set(&Shape::String {
                choices: &["abi3", "abi3t"],
                pattern: None,
            }),
        ]),
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
        "wheel-exclude",
        "Patterns of files to leave out of the wheel only, for example C sources in a package",
        Shape::TEXTS,
    ),
    Key::new(
        "sdist-exclude",
        "Patterns of files to leave out of the sdist only",
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
        "check",
        "Which checks `pyz3-wheel check` reports; a build runs all checks",
        Shape::Table(CHECK),
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
        let key = setting.key.filter(|key| !key.contains('.'))?;
        Some(Key::new(key, setting.help, setting.shape()))
    });
    settings.chain(WITHOUT_OPTION.iter().copied())
}

/// The names of the keys of a table.
pub fn names(keys: &[Key]) -> Vec<&'static str> {
    keys.iter().map(|key| key.name).collect()
}
