//! One row for each setting that has an option, in the order of the help.
//!
//! The doc comment of a row is the help of its option. What a row leaves out is as `Setting::new` has
//! it: an option of `build`, with a key of the same name.

use super::Command::{
    Build, Cache, Check, Develop, Doctor, Env, Every, Files, Metadata, Pythons, Sdist,
};
use super::Fallback::{None as Nothing, Reference, Value, Words};
use super::shape::Shape;
use super::{FilePath, Kind, List, Number, Setting, Switch, Text};

/// Declares the rows and the list of all of them.
macro_rules! settings {
    ($(
        $(#[doc = $help:literal])+
        $row:ident: $kind:ident = $name:literal { $($field:ident: $value:expr),* $(,)? };
    )*) => {
        $(
            $(#[doc = $help])+
            pub static $row: $kind = $kind(Setting {
                $($field: $value,)*
                ..Setting::new($name, concat!($($help),+), Kind::$kind)
            });
        )*

        /// Every setting, in the order of the help.
        pub static ALL: &[&Setting] = &[$(&$row.0),*];
    };
}

const TARGETS: Option<&str> = Some("What to build");
const BUILD: Option<&str> = Some("How to build");
const TOOLS: Option<&str> = Some("Zig and the cache");
const GENERAL: Option<&str> = Some(GENERAL_HEADING);

/// The heading of the options that every subcommand has.
pub const GENERAL_HEADING: &str = "General options";

/// The headings in the order of the help. Options without a heading come first.
pub const HEADINGS: [Option<&str>; 4] = [TARGETS, BUILD, TOOLS, GENERAL];

settings! {
    /// The folder with the pyproject.toml
    PROJECT: FilePath = "project" {
        short: Some('C'),
        value_name: "DIR",
        heading: GENERAL,
        commands: &[Every, Build, Sdist, Develop, Check, Env, Metadata, Files, Cache, Doctor],
        key: None,
        default: Words("the current folder"),
        of_frontend: true,
    };

    /// The output format; sarif, github and junit are for `check` only, and sh, fish and powershell for `env`
    FORMAT: Text = "format" {
        value_name: "FORMAT",
        choices: &["human", "json", "sarif", "github", "junit", "sh", "fish", "powershell"],
        own_choices: &[
            (Check, &["sarif", "github", "junit"]),
            (Env, &["sh", "fish", "powershell"]),
        ],
        heading: GENERAL,
        commands: &[Every],
        default: Value("human"),
        of_frontend: true,
    };

    /// Print more: the stages of each job, the output of zig, and the notes of `check`
    VERBOSE: Switch = "verbose" { short: Some('v'), heading: GENERAL, commands: &[Every] };

    /// Print only errors
    QUIET: Switch = "quiet" { short: Some('q'), heading: GENERAL, commands: &[Every] };

    /// Whether to use colors
    COLOR: Text = "color" {
        value_name: "WHEN",
        choices: &["auto", "always", "never"],
        heading: GENERAL,
        commands: &[Every],
        key: None,
        default: Value("auto"),
        of_frontend: true,
    };

    /// The Zig executable to use
    ZIG: FilePath = "zig" {
        value_name: "PATH",
        heading: TOOLS,
        commands: &[Every, Build, Sdist, Develop, Env, Doctor],
        key: Some("zig-exe"),
        // `$ZIG` is what other tools call it.
        other_variables: &["ZIG"],
        default: Reference("found, see below"),
    };

    /// Cache directory; can be shared between users and machines
    CACHE_DIR: FilePath = "cache-dir" {
        value_name: "DIR",
        heading: TOOLS,
        commands: &[Every, Build, Sdist, Develop, Env, Pythons, Cache, Doctor],
        default: Words("the system's place for caches"),
    };

    /// The version of Zig to use; pip installs it if it is missing
    ZIG_VERSION: Text = "zig-version" {
        value_name: "VERSION",
        heading: TOOLS,
        commands: &[Every, Build, Sdist, Develop, Env, Doctor],
        key: Some("zig"),
        default: Reference("see below"),
    };

    /// Build for this platform or group (linux, musllinux, macos, windows, all); may be repeated
    PLATFORM: List = "platform" {
        value_name: "NAME",
        heading: TARGETS,
        commands: &[Build, Env],
        key: Some("platforms"),
        items: Shape::Platform,
        default: Words("this machine's"),
        of_frontend: true,
    };

    /// Build for the main platforms (`pyz3-wheel platforms` lists them)
    ALL_PLATFORMS: Switch = "all-platforms" {
        heading: TARGETS,
        default: Nothing,
        of_frontend: true,
    };

    /// Build for this Python, for example 3.12, cp312, 3.13t or a path; may be repeated
    PYTHON: List = "python" {
        value_name: "PYTHON",
        heading: TARGETS,
        commands: &[Build, Env],
        key: Some("pythons"),
        default: Words("the active virtual environment's, else `python3`"),
        of_frontend: true,
    };

    /// Build for every supported Python that requires-python admits and that is on this machine
    ALL_PYTHONS: Switch = "all-pythons" {
        heading: TARGETS,
        default: Nothing,
        of_frontend: true,
    };

    /// Include free-threaded Pythons in --all-pythons (the default)
    FREE_THREADED: Switch = "free-threaded" {
        opposite: Some(("no-free-threaded", "Leave free-threaded Pythons out of --all-pythons")),
        heading: TARGETS,
        default: Value("true"),
    };

    /// Install requested Pythons that this machine lacks (by uv, into the cache)
    PROVISION: Switch = "provision" { heading: TARGETS };

    /// Zig's optimize mode
    OPTIMIZE: Text = "optimize" {
        value_name: "MODE",
        choices: &["Debug", "ReleaseSafe", "ReleaseFast", "ReleaseSmall"],
        heading: TARGETS,
        commands: &[Build, Develop, Env],
        // What is set for a build script that is run without this program.
        other_variables: &["PYDUST_OPTIMIZE", "PYZ3_OPTIMIZE", "HATCH_ZIG_BUILD_MODE"],
        default: Value("ReleaseFast"),
    };

    /// The lowest glibc that Linux wheels must run on, for example 2014, 2_28 or manylinux_2_28
    MANYLINUX: Text = "manylinux" {
        value_name: "GLIBC",
        pattern: Some("^(manylinux)?_?([0-9]+[._][0-9]+|1|2010|2014)$"),
        heading: TARGETS,
        default: Words("`2_17`"),
    };

    /// The directory for wheels and sdists
    OUTPUT_DIR: FilePath = "output-dir" {
        short: Some('o'),
        value_name: "DIR",
        heading: BUILD,
        commands: &[Build, Sdist],
        default: Words("`dist` in the project"),
        of_frontend: true,
    };

    /// How many jobs run at once
    JOBS: Number = "jobs" {
        short: Some('j'),
        value_name: "N",
        heading: BUILD,
        default: Words("the number of cores"),
    };

    /// Remove the project's .pyz3-wheel folder first, so that everything is built from scratch
    CLEAN: Switch = "clean" {
        opposite: Some(("no-clean", "Keep what earlier builds left (the default)")),
        heading: BUILD,
    };

    /// Run zig for every wheel, and keep nothing for the next run (Zig's own cache is still used)
    NO_CACHE: Switch = "no-cache" { heading: BUILD };

    /// Stop when a wheel fails
    FAIL_FAST: Switch = "fail-fast" {
        opposite: Some(("keep-going", "Build the other wheels when one fails (the default)")),
        heading: BUILD,
    };

    /// Build the sdist, then build the wheels from the sdist
    FROM_SDIST: Switch = "from-sdist" {
        opposite: Some(("no-from-sdist", "Build the wheels from the project's folder (the default)")),
        heading: BUILD,
        of_frontend: true,
    };

    /// Build everything twice, in two folders, and write no wheel that differs
    VERIFY_REPRODUCIBLE: Switch = "verify-reproducible" { heading: BUILD };

    /// Put the Zig packages that build.zig.zon names into the sdist, so that it builds offline
    VENDOR: Switch = "vendor" {
        opposite: Some(("no-vendor", "Leave the Zig packages out of the sdist (the default)")),
        heading: BUILD,
        commands: &[Build, Sdist],
    };

    /// Show what would be done, and where each setting comes from
    DRY_RUN: Switch = "dry-run" { heading: BUILD, of_frontend: true };

    /// Report only these checks, separated by commas; may be repeated
    SELECT: List = "select" {
        value_name: "CODE",
        commands: &[Check],
        key: Some("check.select"),
        items: Shape::Check,
        default: Words("all checks"),
    };

    /// Do not report these checks, separated by commas; may be repeated
    IGNORE: List = "ignore" {
        value_name: "CODE",
        commands: &[Check],
        key: Some("check.ignore"),
        items: Shape::Check,
    };
}
