//! Arguments as typed. Nothing is judged here but the syntax; [`crate::settings`] does the rest.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::options::table;
use crate::settings;

/// What the help of the program ends with.
fn after_help() -> String {
    let renamed = table::ALL.iter().filter_map(|setting| {
        let key = setting.key.filter(|key| *key != setting.name)?;
        Some(format!("{key} (--{})", setting.name))
    });
    let renamed: Vec<_> = renamed.collect();
    format!(
        "\
Every option of a build can also be set by an environment variable (PYZ3_WHEEL_OUTPUT_DIR for \
--output-dir; lists separated by commas, switches as 1 or 0) and, except for --project, by a key of \
[tool.pyz3-wheel] in pyproject.toml (output-dir). These keys have other names than their options: {}. \
The option wins over the variable, the variable over the file; --dry-run shows which did.

Exit codes: 0 done, 1 a build or the machine failed, 2 wrong usage or configuration, 3 nothing to do, \
4 a binary or a wheel is not what it promises, 130 interrupted.",
        renamed.join(", ")
    )
}

/// Turns a Zig-written Python extension into wheels for every platform, from one machine.
#[derive(Debug, Parser)]
#[command(name = "pyz3-wheel", version, about, after_help = after_help())]
pub struct Args {
    /// What to do; build, unless told otherwise.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The settings that were given.
    #[arg(skip)]
    pub common: CommonArgs,
    /// Options of a build that are not settings.
    #[command(flatten)]
    pub build: BuildArgs,
}

impl Args {
    /// Takes in what was typed, program name first.
    ///
    /// Options of every subcommand may stand before it or behind it. Options of a build before a
    /// subcommand would have no effect, which is an error.
    pub fn read(typed: &[OsString]) -> Result<Self, clap::Error> {
        let mut command = settings::offer(Self::command());
        let matches = command.try_get_matches_from_mut(typed)?;
        if let (Some(option), Some(subcommand)) =
            (CommonArgs::misplaced(&matches), matches.subcommand_name())
        {
            let message = format!(
                "`--{option}` stands before the subcommand `{subcommand}`, where it has no effect; \
                 put options of a subcommand behind it"
            );
            return Err(command.error(ErrorKind::ArgumentConflict, message));
        }
        Ok(Self {
            common: CommonArgs::read(&matches),
            ..Self::from_arg_matches(&matches)?
        })
    }
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
    Sdist,
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
    /// Print the JSON Schema of `[tool.pyz3-wheel]`, for editors
    Schema,
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

/// The settings that were given on the command line.
pub use crate::settings::Typed as CommonArgs;

/// Options of a build that are not settings: they have neither a variable nor a key.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub struct BuildArgs {
    /// Write the wheel's .dist-info folder only, without RECORD: for a single wheel, without zig
    // For build backends.
    #[arg(long, conflicts_with = table::DRY_RUN.name, hide = true)]
    pub metadata_only: bool,
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn read(line: &str) -> Result<Args, clap::Error> {
        let typed: Vec<_> = line.split(' ').map(Into::into).collect();
        Args::read(&typed)
    }

    #[test]
    fn the_definition_is_sound() {
        settings::offer(Args::command()).debug_assert();
    }

    #[test]
    fn general_options_stand_before_or_behind_a_subcommand() {
        for line in [
            "pyz3-wheel --project there --format json sdist --output-dir out",
            "pyz3-wheel sdist --output-dir out --project there --format json",
            "pyz3-wheel --project there sdist --format json -o out",
        ] {
            let args = read(line).unwrap();
            let path = |setting| args.common.path(setting).and_then(Path::to_str);
            assert_eq!(path(&table::PROJECT), Some("there"), "{line}");
            assert_eq!(path(&table::OUTPUT_DIR), Some("out"), "{line}");
            assert_eq!(args.common.str(&table::FORMAT), Some("json"), "{line}");
            assert!(matches!(args.command, Some(Command::Sdist)), "{line}");
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
