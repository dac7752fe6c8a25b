//! The command line as typed. Only the syntax is checked here; [`crate::settings`] resolves the values.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use super::help;
use crate::options::table;
use crate::settings;

/// Build wheels of a Python extension written in Zig for every platform, from one machine.
#[derive(Debug, Parser)]
#[command(
    name = "pyz3-wheel",
    version,
    about,
    disable_help_flag = true,
    disable_version_flag = true,
    after_help = help::examples(help::TOP),
    after_long_help = help::top(),
    styles = help::STYLES,
)]
pub struct Args {
    /// The subcommand; `build` by default.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The settings that are given as options.
    #[arg(skip)]
    pub common: CommonArgs,
    /// Options of a build that are not settings.
    #[command(flatten)]
    pub build: BuildArgs,
}

impl Args {
    /// The whole command line: the subcommands and the options of every setting.
    pub fn definition() -> clap::Command {
        settings::offer(Self::command()).args(help::flags())
    }

    /// Parses the arguments, of which the first is the program's name.
    ///
    /// Options that all subcommands have may come before or after the subcommand. Options of a build
    /// before a subcommand would have no effect, so they are an error. A folder in place of a subcommand is the
    /// project to build.
    pub fn read(typed: &[OsString]) -> Result<Self, clap::Error> {
        Self::read_exactly(typed).or_else(|error| {
            let is_folder = matches!(
                error.get(ContextKind::InvalidSubcommand),
                Some(ContextValue::String(word)) if Path::new(word).is_dir()
            );
            let command = Self::command();
            let mut words = typed.iter().filter_map(|word| word.to_str());
            let has_subcommand = words.any(|word| command.find_subcommand(word).is_some());
            match typed.split_first() {
                Some((program, words)) if is_folder && !has_subcommand => {
                    Self::read_exactly(&[&[program.clone(), "build".into()], words].concat())
                }
                _ => Err(error),
            }
        })
    }

    fn read_exactly(typed: &[OsString]) -> Result<Self, clap::Error> {
        let mut command = Self::definition();
        let matches = command.try_get_matches_from_mut(typed)?;
        if let (Some(option), Some(subcommand)) =
            (CommonArgs::misplaced(&matches), matches.subcommand_name())
        {
            let message = format!(
                "`--{option}` has no effect before the subcommand `{subcommand}`; \
                 put options of a subcommand after it"
            );
            return Err(command.error(ErrorKind::ArgumentConflict, message));
        }
        let mut common = CommonArgs::read(&matches);
        let args = Self::from_arg_matches(&matches)?;
        if let Some(Command::Build { dir: Some(dir), .. }) = &args.command {
            if common.path(&table::PROJECT).is_some() {
                let message = "the project's folder was given twice: DIR and --project";
                return Err(command.error(ErrorKind::ArgumentConflict, message));
            }
            common = common.text(&table::PROJECT, dir);
        }
        Ok(Self { common, ..args })
    }
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Build wheels (the default)
    #[command(after_help = help::examples(help::BUILD))]
    Build {
        /// The project's folder, as with -C; `pyz3-wheel DIR` does the same
        #[arg(value_name = "DIR")]
        dir: Option<PathBuf>,
        /// The options of a build that are not settings.
        #[command(flatten)]
        build: BuildArgs,
    },
    /// List the platforms that wheels can be built for
    Platforms,
    /// List the Pythons that this machine has
    Pythons,
    /// Print the METADATA that wheels of the project will have
    Metadata,
    /// Build the source distribution
    #[command(after_help = help::examples(help::SDIST))]
    Sdist,
    /// Build the project and install it into a virtual environment in editable mode
    #[command(after_help = help::examples(help::DEVELOP))]
    Develop(DevelopArgs),
    /// Create a new project, or show what an existing one is missing
    #[command(after_help = help::examples(help::INIT))]
    Init(InitArgs),
    /// List the files of the wheel and the sdist with the reasons; --verbose lists excluded files too
    #[command(after_help = help::examples(help::FILES))]
    Files(FilesArgs),
    /// Check that wheels and sdists, from any build tool, work where their filenames say they do
    #[command(after_help = help::examples(help::CHECK))]
    Check {
        /// Wheels, sdists, folders, or NAME==VERSION for a release on a package index
        #[arg(value_name = "FILE|FOLDER|NAME==VERSION", required = true)]
        inputs: Vec<PathBuf>,
        /// Package index for NAME==VERSION [default: pip's configuration]
        #[arg(long, value_name = "URL")]
        index_url: Option<String>,
        /// Show how to fix each finding
        #[arg(long)]
        fix_hint: bool,
        /// The options of `--fix`.
        #[command(flatten)]
        fix: FixArgs,
    },
    /// Explain a check or a topic, or list all of them
    #[command(after_help = help::examples(help::EXPLAIN))]
    Explain {
        /// A check or a topic, for example wrong-machine or nothing-is-installed
        #[arg(value_name = "NAME")]
        name: Option<String>,
    },
    /// Print the completions of a shell
    #[command(after_help = help::examples(help::COMPLETIONS))]
    Completions {
        /// The shell
        #[arg(value_name = "SHELL")]
        shell: clap_complete::Shell,
    },
    /// Print the JSON Schema of `[tool.pyz3-wheel]`, for editors
    Schema,
    /// Show or clean the cache
    Cache {
        /// The subcommand of `cache`
        #[command(subcommand)]
        command: CacheCommand,
    },
    /// Print the environment of a build for shells, editors and debuggers
    Env,
    /// Check this machine for the tools that a build needs
    #[command(after_help = help::examples(help::DOCTOR))]
    Doctor {
        /// Install the missing tools
        #[arg(long)]
        fix: bool,
    },
}

/// The subcommands of `cache`.
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum CacheCommand {
    /// Print the cache directory
    Dir,
    /// Show the size of each kind of entry, of the project's .pyz3-wheel and of Zig's own cache
    Size,
    /// Remove everything, also installed Zigs and Pythons, and what builds left in the project's .pyz3-wheel
    Clean,
    /// Remove builds that were not used recently, and files of runs that were killed
    Prune {
        /// Remove builds that were not used for this many days
        #[arg(long, value_name = "DAYS", default_value_t = 30)]
        older_than: u32,
        /// Remove everything, also installed Zigs and Pythons
        #[arg(long, conflicts_with = "older_than")]
        all: bool,
    },
}

/// Options of `init`.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct InitArgs {
    /// The project's directory; created if it does not exist [default: .]
    #[arg(value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// The template: full, abi3, c, cpp, ctypes, managed [default: full]
    #[arg(short, long, value_name = "NAME", conflicts_with = "adopt")]
    pub template: Option<String>,
    /// The project's name [default: the name of the directory]
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Add a GitHub workflow that builds, tests and publishes the wheels
    #[arg(long, conflicts_with = "adopt")]
    pub ci: bool,
    /// Show what an existing project is missing
    #[arg(long)]
    pub adopt: bool,
    /// Add what is missing
    #[arg(long, requires = "adopt")]
    pub write: bool,
}

/// Options of `check` that write wheels.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct FixArgs {
    /// Write a corrected copy of each wheel: filename, tags, WHEEL, RECORD and file modes
    #[arg(long)]
    pub fix: bool,
    /// Directory for the wheels that --fix writes
    #[arg(
        short,
        long,
        value_name = "DIR",
        default_value = "fixed",
        requires = "fix"
    )]
    pub output_dir: PathBuf,
    /// Show what --fix would change without writing anything
    #[arg(long, requires = "fix")]
    pub dry_run: bool,
}

/// Options of `develop`.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct DevelopArgs {
    /// The virtual environment [default: the active one, or .venv in the project]
    #[arg(long, value_name = "DIR")]
    pub venv: Option<PathBuf>,
    /// Also install the requirements of this extra; may be repeated
    #[arg(long, value_name = "NAME")]
    pub extra: Vec<String>,
    /// Also install the requirements of all extras
    #[arg(long, conflicts_with = "extra")]
    pub all_extras: bool,
    /// Also install this dependency group; may be repeated
    #[arg(long, value_name = "NAME")]
    pub group: Vec<String>,
}

/// Options of `files`.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub struct FilesArgs {
    /// List the files of the wheel only
    #[arg(long)]
    pub wheel: bool,
    /// List the files of the sdist only
    #[arg(long)]
    pub sdist: bool,
}

/// The settings that are given on the command line.
pub use crate::settings::Typed as CommonArgs;

/// Options of a build that are not settings: they have neither an environment variable nor a key.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub struct BuildArgs {
    /// Write the .dist-info directory of a single wheel, without RECORD and without running zig
    // For build backends.
    #[arg(long, conflicts_with = table::DRY_RUN.name, hide = true)]
    pub metadata_only: bool,
    /// Build for an editable install, which may have a version that no release has
    // For build backends.
    #[arg(long, hide = true)]
    pub editable: bool,
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
        Args::definition().debug_assert();
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
    fn the_folder_of_the_project_is_an_option_or_an_argument_of_a_build() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().to_str().unwrap();
        for line in [
            format!("pyz3-wheel -C {dir}"),
            format!("pyz3-wheel -C {dir} build"),
            format!("pyz3-wheel build -C {dir}"),
            format!("pyz3-wheel build {dir} --jobs 2"),
            format!("pyz3-wheel {dir}"),
            format!("pyz3-wheel --jobs 2 {dir}"),
            format!("pyz3-wheel --format json {dir} --dry-run"),
        ] {
            let args = read(&line).unwrap();
            assert_eq!(
                args.common.path(&table::PROJECT),
                Some(folder.path()),
                "{line}"
            );
        }
        let kind = |line: &str| read(line).unwrap_err().kind();
        let twice = format!("pyz3-wheel build {dir} -C {dir}");
        assert_eq!(kind(&twice), ErrorKind::ArgumentConflict);
        assert_eq!(kind("pyz3-wheel nowhere"), ErrorKind::InvalidSubcommand);
        assert_eq!(
            kind(&format!("pyz3-wheel cache {dir}")),
            ErrorKind::InvalidSubcommand
        );
        assert_eq!(
            kind(&format!("pyz3-wheel {dir} --nonsense")),
            ErrorKind::UnknownArgument
        );
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
