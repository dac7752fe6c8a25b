//! Arguments as typed. Nothing is judged here but the syntax; [`crate::settings`] does the rest.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, Args as _, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

const AFTER: &str = "\
Every option of a build can also be given as an environment variable (PYZ3_WHEEL_OUTPUT_DIR for \
--output-dir; lists separated by commas, switches as 1 or 0) and, but for --project, as a key of \
[tool.pyz3-wheel] in pyproject.toml (output-dir; platforms, pythons, zig-exe for --zig and zig for \
--zig-version are called otherwise). The option wins over the variable, the variable over the file; \
--dry-run shows which did.

Exit codes: 0 done, 1 a build or the machine failed, 2 wrong usage or configuration, 3 nothing to do, \
4 a binary or a wheel is not what it promises, 130 interrupted.";

/// Turns a Zig-written Python extension into wheels for every platform, from one machine.
#[derive(Debug, Parser)]
#[command(name = "pyz3-wheel", version, about, after_help = AFTER)]
pub struct Args {
    /// What to do; build, unless told otherwise.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Options of every subcommand.
    #[command(flatten)]
    pub common: CommonArgs,
    /// Options of a build.
    #[command(flatten)]
    pub build: BuildArgs,
}

impl Args {
    /// Takes in what was typed, program name first.
    ///
    /// Options of every subcommand may stand before it or behind it. Options of a build before a
    /// subcommand would have no effect, which is an error.
    pub fn read(typed: &[OsString]) -> Result<Self, clap::Error> {
        let mut command = Self::command();
        let matches = command.try_get_matches_from_mut(typed)?;
        if let (Some(option), Some(subcommand)) =
            (build_option(&matches), matches.subcommand_name())
        {
            let message = format!(
                "`{option}` stands before the subcommand `{subcommand}`, where it has no effect; \
                 put options of a subcommand behind it"
            );
            return Err(command.error(ErrorKind::ArgumentConflict, message));
        }
        Self::from_arg_matches(&matches)
    }
}

/// An option of a build that was typed before any subcommand.
fn build_option(matches: &ArgMatches) -> Option<String> {
    let build = BuildArgs::augment_args(clap::Command::new("build"));
    let mut options = build.get_arguments();
    let typed = options.find(|option| {
        matches.value_source(option.get_id().as_str()) == Some(ValueSource::CommandLine)
    })?;
    Some(format!("--{}", typed.get_long()?))
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Build wheels (the default)
    Build(BuildArgs),
    /// List the platforms that wheels can be built for
    Platforms,
    /// List the Pythons that this machine has
    Pythons,
    /// Print the METADATA that wheels of the project will have
    Metadata,
    /// Build the source distribution
    Sdist(SdistArgs),
    /// Build for a virtual environment and install the project there, its sources in place
    Develop(DevelopArgs),
    /// Begin a project that builds at once, or tell what an existing one lacks
    Init(InitArgs),
    /// List what goes into wheel and sdist, and why; with --verbose also what is left out
    Files(FilesArgs),
    /// Judge wheels, anyone's: are they what their names say?
    Check {
        /// The wheels
        #[arg(value_name = "WHEEL", required = true)]
        wheels: Vec<PathBuf>,
        /// Say what to do about each finding
        #[arg(long)]
        fix_hint: bool,
    },
    /// Tell what a check is about, or list them all
    Explain {
        /// The check's code, as wrong-machine
        #[arg(value_name = "CODE")]
        code: Option<String>,
    },
    /// Show or tidy up what is kept from one build to the next
    Cache {
        /// What to do
        #[command(subcommand)]
        command: CacheCommand,
    },
    /// Say what is missing on this machine, and how to get it
    Doctor {
        /// Get it
        #[arg(long)]
        fix: bool,
    },
}

/// What is to be done with the cache.
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum CacheCommand {
    /// Print the folder
    Dir,
    /// Tell how much is in it, of each kind
    Size,
    /// Remove builds that have not been used lately, and what killed runs have left
    Prune {
        /// Unused for this long
        #[arg(long, value_name = "DAYS", default_value_t = 30)]
        older_than: u32,
        /// Remove everything: builds, Zigs, Pythons and what was made of them
        #[arg(long, conflicts_with = "older_than")]
        all: bool,
    },
}

/// Options of a new project.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct InitArgs {
    /// Its folder, made if it is missing [default: .]
    #[arg(value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// What to begin with: full, abi3, c, ctypes, managed [default: full]
    #[arg(short, long, value_name = "NAME", conflicts_with = "adopt")]
    pub template: Option<String>,
    /// The project's name [default: the folder's]
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Also a GitHub workflow that builds, tests and publishes the wheels
    #[arg(long, conflicts_with = "adopt")]
    pub ci: bool,
    /// Show what a project that is there lacks to be built
    #[arg(long)]
    pub adopt: bool,
    /// Put in what it lacks
    #[arg(long, requires = "adopt")]
    pub write: bool,
}

/// Options of an installation with the sources in place.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct DevelopArgs {
    /// The virtual environment [default: the active one, else .venv in the project]
    #[arg(long, value_name = "DIR")]
    pub venv: Option<PathBuf>,
    /// The optimize mode
    #[arg(
        long,
        value_name = "MODE",
        help = "Debug, ReleaseSafe, ReleaseFast or ReleaseSmall [default: ReleaseFast]"
    )]
    pub optimize: Option<String>,
}

/// Options of a source distribution.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct SdistArgs {
    /// Where it goes [default: dist]
    #[arg(short, long, value_name = "DIR")]
    pub output_dir: Option<PathBuf>,
    /// Whether it brings Zig packages along.
    #[command(flatten)]
    pub vendor: VendorArgs,
}

/// Whether an sdist brings Zig packages along.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub struct VendorArgs {
    /// Put the Zig packages that build.zig.zon names into the sdist, so that it builds offline
    #[arg(long, overrides_with = "no_vendor")]
    pub vendor: bool,
    /// Leave them out (the default)
    #[arg(long, overrides_with = "vendor")]
    pub no_vendor: bool,
}

/// Options of the list of files.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub struct FilesArgs {
    /// Only the wheel's
    #[arg(long)]
    pub wheel: bool,
    /// Only the sdist's
    #[arg(long)]
    pub sdist: bool,
}

/// Options of every subcommand.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct CommonArgs {
    /// The folder with the pyproject.toml [default: .]
    #[arg(long, value_name = "DIR", global = true)]
    pub project: Option<PathBuf>,
    /// How to report: human, json [default: human]
    #[arg(long, value_name = "FORMAT", global = true)]
    pub format: Option<String>,
    /// Say more: the stages of each job, and what zig printed
    #[arg(short, long, global = true)]
    pub verbose: bool,
    /// Say nothing but errors
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// The zig to use
    #[arg(long, value_name = "PATH", global = true)]
    pub zig: Option<PathBuf>,
    /// Where what is made once is kept; may be shared by a team
    /// [default: the system's place for caches]
    #[arg(long, value_name = "DIR", global = true)]
    pub cache_dir: Option<PathBuf>,
    /// The version of Zig to use; installed by pip where it is missing
    #[arg(long, value_name = "VERSION", global = true)]
    pub zig_version: Option<String>,
}

/// Options of a build.
#[derive(Debug, Clone, Default, clap::Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of the command line"
)]
pub struct BuildArgs {
    /// Build for this platform; may be repeated [default: this machine's]
    #[arg(long = "platform", value_name = "NAME", value_delimiter = ',')]
    pub platforms: Vec<String>,
    /// Build for every platform
    #[arg(long)]
    pub all_platforms: bool,
    /// Build for this Python, as 3.12, cp312, 3.13t or a path; may be repeated
    /// [default: the active virtual environment's, else python3]
    #[arg(long = "python", value_name = "PYTHON", value_delimiter = ',')]
    pub pythons: Vec<String>,
    /// Build for every Python that requires-python admits and this machine has
    #[arg(long)]
    pub all_pythons: bool,
    /// Install requested Pythons that this machine lacks (by uv, into our cache)
    #[arg(long)]
    pub provision: bool,
    /// The optimize mode
    #[arg(
        long,
        value_name = "MODE",
        help = "Debug, ReleaseSafe, ReleaseFast or ReleaseSmall [default: ReleaseFast]"
    )]
    pub optimize: Option<String>,
    /// The lowest glibc
    #[arg(
        long,
        value_name = "GLIBC",
        help = "The lowest glibc that Linux wheels must run on, as 2_28 or 2.28 [default: 2_17]"
    )]
    pub manylinux: Option<String>,
    /// Where the wheels go [default: dist]
    #[arg(short, long, value_name = "DIR")]
    pub output_dir: Option<PathBuf>,
    /// How many jobs run at once [default: as many as there are cores]
    #[arg(short, long, value_name = "N")]
    pub jobs: Option<String>,
    /// Remove the project's .pyz3-wheel folder first, so that everything is built anew
    #[arg(long, overrides_with = "no_clean")]
    pub clean: bool,
    /// Keep what earlier builds left (the default)
    #[arg(long, overrides_with = "clean")]
    pub no_clean: bool,
    /// Run zig for every wheel, and keep nothing for the next run (Zig's own cache is still used)
    #[arg(long)]
    pub no_cache: bool,
    /// Build the other wheels when one fails (the default)
    #[arg(long, overrides_with = "fail_fast")]
    pub keep_going: bool,
    /// Stop when a wheel fails
    #[arg(long, overrides_with = "keep_going")]
    pub fail_fast: bool,
    /// Build the sdist, and the wheels from it: what is published is what builds
    #[arg(long, overrides_with = "no_from_sdist")]
    pub from_sdist: bool,
    /// Build the wheels from the project's folder (the default)
    #[arg(long, overrides_with = "from_sdist")]
    pub no_from_sdist: bool,
    /// Build everything twice, in two folders, and write no wheel that differs
    #[arg(long)]
    pub verify_reproducible: bool,
    /// Whether it brings Zig packages along.
    #[command(flatten)]
    pub vendor: VendorArgs,
    /// Show what would be done, and where each setting comes from
    #[arg(long)]
    pub dry_run: bool,
    /// Write the wheel's .dist-info folder only, without RECORD: for a single wheel, without zig
    // For build backends: no setting, so it has neither a variable nor a key.
    #[arg(long, conflicts_with = "dry_run", hide = true)]
    pub metadata_only: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Args, clap::Error> {
        let typed: Vec<_> = line.split(' ').map(Into::into).collect();
        Args::read(&typed)
    }

    #[test]
    fn the_definition_is_sound() {
        Args::command().debug_assert();
    }

    #[test]
    fn general_options_stand_before_or_behind_a_subcommand() {
        for line in [
            "pyz3-wheel --project there --format json sdist --output-dir out",
            "pyz3-wheel sdist --output-dir out --project there --format json",
            "pyz3-wheel --project there sdist --format json -o out",
        ] {
            let args = read(line).unwrap();
            assert_eq!(args.common.project, Some("there".into()), "{line}");
            assert_eq!(args.common.format.as_deref(), Some("json"), "{line}");
            assert!(
                matches!(args.command, Some(Command::Sdist(SdistArgs { output_dir: Some(dir), .. })) if dir.ends_with("out")),
                "{line}"
            );
        }
    }

    #[test]
    fn options_of_a_build_before_a_subcommand_are_refused() {
        for line in [
            "pyz3-wheel --all-platforms build",
            "pyz3-wheel -o out sdist",
            "pyz3-wheel --project there --jobs 2 files",
        ] {
            let error = read(line).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::ArgumentConflict, "{line}");
            assert!(
                error.to_string().contains("before the subcommand"),
                "{error}"
            );
        }
        assert!(read("pyz3-wheel --all-platforms --jobs 2").is_ok());
        assert!(
            read("pyz3-wheel build --all-platforms")
                .unwrap()
                .command
                .is_some()
        );
    }
}
