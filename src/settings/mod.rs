//! Settings as resolved: option > environment variable > `[tool.pyz3-wheel]` > default.
//!
//! Takes what was typed, an environment and the project's configuration; gives typed values that
//! know where they came from, or all that is wrong with them at once.

mod layers;
mod output_dir;
mod sdist;
mod selection;

use std::path::PathBuf;

pub use self::layers::{Env, process_env};
use self::layers::{Layers, Set};
pub use self::sdist::sdist;
use crate::cli::args::{BuildArgs, CommonArgs};
use crate::error::{Problem, Result};
use crate::plan::{Request, SettingOrigin};
use crate::project::{Config, Project};
use crate::report::Output;
use crate::toolchain::{Wanted, ZigRequest};

/// How the run goes, apart from what is built.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a setting of its own"
)]
pub struct RunSettings {
    /// How many jobs run at once.
    pub jobs: usize,
    /// Whether to remove the project's cache folder first.
    pub clean: bool,
    /// Whether to stop at the first failure.
    pub fail_fast: bool,
    /// Whether to install missing Pythons.
    pub provision: bool,
    /// Whether to build everything anew and to keep nothing.
    pub no_cache: bool,
    /// Where our cache is, if anyone says so.
    pub cache_dir: Option<PathBuf>,
    /// Whether to build the sdist first, and the wheels from it.
    pub from_sdist: bool,
    /// Whether to build everything twice, in two places, and to refuse what differs.
    pub verify_reproducible: bool,
    /// Whether the sdist is to have the Zig packages too.
    pub vendor: bool,
    /// Whether to show what would be done instead of doing it.
    pub dry_run: bool,
    /// How to report.
    pub output: Output,
}

/// Resolves how to report, which is needed before anything else can fail.
pub fn output(args: &CommonArgs, config: Option<&Config>, env: Env<'_>) -> Result<Output> {
    let mut layers = Layers::new(env);
    let output = layers.output(args, config);
    layers.finish(output)
}

/// Resolves which Zig is wanted.
pub fn zig(args: &CommonArgs, project: Option<&Project>, env: Env<'_>) -> Result<ZigRequest> {
    let mut layers = Layers::new(env);
    let zig = layers.zig(args, project);
    layers.finish(zig)
}

/// Resolves where our cache is, if anything says so.
pub fn cache_dir(
    args: &CommonArgs,
    project: Option<&Project>,
    env: Env<'_>,
) -> Result<Option<PathBuf>> {
    let mut layers = Layers::new(env);
    let dir = layers.cache_dir(args, project);
    layers.finish(dir)
}

/// Resolves everything that a build needs to know.
pub fn build(
    args: &BuildArgs,
    common: &CommonArgs,
    project: &Project,
    env: Env<'_>,
) -> Result<(Request, RunSettings)> {
    let mut layers = Layers::new(env);
    let config = &project.config;
    let targets = layers.targets(args, config);
    let pythons = layers.pythons(args, config);
    let optimize = layers.optimize(args, config);
    let run = layers.run(args, common, project);
    let cache_dir = run.cache_dir.as_deref();
    let typed = args.output_dir.as_deref();
    let output_dir = layers.output_dir(typed, project, cache_dir, run.clean);
    let zig = layers.zig(common, Some(project));
    let mut origins = std::mem::take(&mut layers.origins);
    let defaults = [
        ("optimize", optimize.to_string()),
        ("jobs", run.jobs.to_string()),
        ("clean", run.clean.to_string()),
        ("fail-fast", run.fail_fast.to_string()),
        ("provision", run.provision.to_string()),
        ("no-cache", run.no_cache.to_string()),
        ("from-sdist", run.from_sdist.to_string()),
        ("verify-reproducible", run.verify_reproducible.to_string()),
        ("vendor", run.vendor.to_string()),
        ("zig", crate::toolchain::DEFAULT_ZIG.to_owned()),
    ];
    for (name, value) in defaults {
        let is_set = |wanted: &str| {
            origins
                .iter()
                .any(|origin: &SettingOrigin| origin.name == wanted)
        };
        if !is_set(name) && !(name == "zig" && (is_set("zig-version") || is_set("zig-exe"))) {
            origins.push(SettingOrigin {
                name,
                value,
                origin: "default".to_owned(),
            });
        }
    }
    let request = Request {
        targets,
        pythons,
        optimize,
        output_dir: std::path::absolute(output_dir)?,
        zig,
        origins,
    };
    layers.finish((request, run))
}

impl Layers<'_> {
    /// How the run goes.
    fn run(&mut self, args: &BuildArgs, common: &CommonArgs, project: &Project) -> RunSettings {
        let config = &project.config;
        let jobs = self
            .text("jobs", args.jobs.clone(), config.jobs.as_ref())
            .and_then(|text| {
                self.parse_with(text, |text| match text.parse() {
                    Ok(0) | Err(_) => {
                        Err(Problem::new(format!("`{text}` is not a number of jobs"))
                            .hint("give 1 or more"))
                    }
                    Ok(jobs) => Ok(jobs),
                })
            })
            .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
        let clean = self.pair("clean", args.clean, args.no_clean, config.clean.as_ref());
        let fail_fast = self.pair(
            "fail-fast",
            args.fail_fast,
            args.keep_going,
            config.fail_fast.as_ref(),
        );
        let provision = self.pair(
            "provision",
            args.provision,
            false,
            config.provision.as_ref(),
        );
        let from_sdist = self.pair(
            "from-sdist",
            args.from_sdist,
            args.no_from_sdist,
            config.from_sdist.as_ref(),
        );
        let verify_reproducible = self.pair(
            "verify-reproducible",
            args.verify_reproducible,
            false,
            config.verify_reproducible.as_ref(),
        );
        let vendor = self.vendor(args.vendor, config);
        if args.vendor.vendor && !from_sdist {
            self.problems.push(
                Problem::new("is of no use where no sdist is written")
                    .at("--vendor")
                    .hint("give --from-sdist too, or `pyz3-wheel sdist --vendor`"),
            );
        }
        let dry_run = self.pair("dry-run", args.dry_run, false, config.dry_run.as_ref());
        let no_cache = self.pair("no-cache", args.no_cache, false, config.no_cache.as_ref());
        let cache_dir = self.cache_dir(common, Some(project));
        let output = self.output(common, Some(config));
        RunSettings {
            jobs,
            clean,
            fail_fast,
            provision,
            no_cache,
            cache_dir,
            from_sdist,
            verify_reproducible,
            vendor,
            dry_run,
            output,
        }
    }

    fn zig(&mut self, args: &CommonArgs, project: Option<&Project>) -> ZigRequest {
        let config = project.map(|project| &project.config);
        let exe = self.path("zig", args.zig.as_deref(), None).or_else(|| {
            // `$ZIG` is the field's own name for it.
            let set = (self.env)("ZIG").filter(|value| !value.is_empty())?;
            self.record("zig", set.to_string_lossy(), "ZIG");
            Some(Set {
                value: PathBuf::from(set),
                origin: "ZIG".to_owned(),
                in_file: false,
            })
        });
        let in_file = config.and_then(|config| config.zig_exe.as_ref());
        let exe = exe.or_else(|| self.path("zig", None, in_file));
        let root = project.map(|project| project.root.as_path());
        let exe = exe.map(|set| match root {
            Some(root) if set.in_file => root.join(set.value),
            _ => set.value,
        });
        let typed = self.text(
            "zig-version",
            args.zig_version.clone(),
            config.and_then(|config| config.zig.as_ref()),
        );
        let mut version = typed.map(|set| Wanted {
            version: set.value,
            origin: set.origin,
            minimum: false,
        });
        let hint = project.and_then(|project| project.hints.zig());
        if let (None, Some((wanted, origin, minimum))) = (&version, hint) {
            self.record("zig-version", &wanted, origin);
            version = Some(Wanted {
                version: wanted,
                origin: origin.to_owned(),
                minimum,
            });
        }
        ZigRequest {
            exe,
            pyz3_zig_exe: project.and_then(|project| project.hints.pyz3_zig_exe.clone()),
            version,
        }
    }

    fn cache_dir(&mut self, args: &CommonArgs, project: Option<&Project>) -> Option<PathBuf> {
        let file = project.and_then(|project| project.config.cache_dir.as_ref());
        let set = self.path("cache-dir", args.cache_dir.as_deref(), file)?;
        Some(match project {
            Some(project) if set.in_file => project.root.join(set.value),
            _ => set.value,
        })
    }

    fn output(&mut self, args: &CommonArgs, config: Option<&Config>) -> Output {
        let format = self
            .text(
                "format",
                args.format.clone(),
                config.and_then(|config| config.format.as_ref()),
            )
            .and_then(|set| self.parse(set))
            .unwrap_or_default();
        Output {
            format,
            verbose: self.pair(
                "verbose",
                args.verbose,
                false,
                config.and_then(|config| config.verbose.as_ref()),
            ),
            quiet: self.pair(
                "quiet",
                args.quiet,
                false,
                config.and_then(|config| config.quiet.as_ref()),
            ),
        }
    }
}
