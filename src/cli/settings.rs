//! Settings as resolved: option > environment variable > `[tool.pyz3-wheel]` > default.
//!
//! Takes what was typed, an environment and the project's configuration; gives typed values that
//! know where they came from, or all that is wrong with them at once.

mod sdist;

use std::path::{Path, PathBuf};

pub use self::sdist::sdist;
use super::args::{BuildArgs, CommonArgs};
pub use super::layers::{Env, process_env};
use super::layers::{Layers, ListOrAll, Set};
use crate::error::{Problem, Result};
use crate::plan::{Optimize, PythonSelection, Request, SettingOrigin};
use crate::platform::{Os, Platform, ZigTarget};
use crate::project::{Config, Project};
use crate::report::Output;
use crate::tags::Release;
use crate::toolchain::{Cache, Wanted, ZigRequest};

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

/// Opens our cache.
pub fn cache(args: &CommonArgs, project: Option<&Project>, env: Env<'_>) -> Result<Cache> {
    let mut layers = Layers::new(env);
    let dir = layers.cache_dir(args, project);
    let dir = layers.finish(dir)?;
    Cache::open(dir.as_deref())
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
    let optimize: Optimize = layers
        .text("optimize", args.optimize.clone(), config.optimize.as_ref())
        .and_then(|text| layers.parse(text))
        .unwrap_or_default();
    let output_dir = layers.output_dir(args.output_dir.as_deref(), project);
    let jobs = layers
        .text("jobs", args.jobs.clone(), config.jobs.as_ref())
        .and_then(|text| {
            layers.parse_with(text, |text| match text.parse() {
                Ok(0) | Err(_) => Err(Problem::new(format!("`{text}` is not a number of jobs"))
                    .hint("give 1 or more")),
                Ok(jobs) => Ok(jobs),
            })
        })
        .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
    let clean = layers.pair("clean", args.clean, args.no_clean, config.clean.as_ref());
    let fail_fast = layers.pair(
        "fail-fast",
        args.fail_fast,
        args.keep_going,
        config.fail_fast.as_ref(),
    );
    let provision = layers.pair(
        "provision",
        args.provision,
        false,
        config.provision.as_ref(),
    );
    let from_sdist = layers.pair(
        "from-sdist",
        args.from_sdist,
        args.no_from_sdist,
        config.from_sdist.as_ref(),
    );
    let vendor = layers.vendor(args.vendor, config);
    if args.vendor.vendor && !from_sdist {
        layers.problems.push(
            Problem::new("is of no use where no sdist is written")
                .at("--vendor")
                .hint("give --from-sdist too, or `pyz3-wheel sdist --vendor`"),
        );
    }
    let dry_run = layers.pair("dry-run", args.dry_run, false, config.dry_run.as_ref());
    let no_cache = layers.pair("no-cache", args.no_cache, false, config.no_cache.as_ref());
    let cache_dir = layers.cache_dir(common, Some(project));
    let zig = layers.zig(common, Some(project));
    let output = layers.output(common, Some(config));
    let mut origins = std::mem::take(&mut layers.origins);
    let defaults = [
        ("optimize", optimize.to_string()),
        ("jobs", jobs.to_string()),
        ("clean", clean.to_string()),
        ("fail-fast", fail_fast.to_string()),
        ("provision", provision.to_string()),
        ("no-cache", no_cache.to_string()),
        ("from-sdist", from_sdist.to_string()),
        ("vendor", vendor.to_string()),
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
    let settings = RunSettings {
        jobs,
        clean,
        fail_fast,
        provision,
        no_cache,
        cache_dir,
        from_sdist,
        vendor,
        dry_run,
        output,
    };
    layers.finish((request, settings))
}

impl Layers<'_> {
    /// A path in the file is meant from the file, a path on the command line from where one stands.
    fn output_dir(&mut self, typed: Option<&Path>, project: &Project) -> PathBuf {
        match self.path("output-dir", typed, project.config.output_dir.as_ref()) {
            Some(set) if set.in_file => project.root.join(set.value),
            Some(set) => set.value,
            None => {
                self.record("output-dir", "dist", "default");
                project.output_dir()
            }
        }
    }

    fn platforms(&mut self, args: &BuildArgs, config: &Config) -> Vec<Platform> {
        let chosen = self.list_or_all(
            ("platform", "all-platforms"),
            (&args.platforms, args.all_platforms),
            (config.platforms.as_ref(), config.all_platforms.as_ref()),
        );
        match chosen {
            ListOrAll::All => Platform::ALL.to_vec(),
            ListOrAll::List(names, origin) => {
                let mut platforms: Vec<Platform> = Vec::new();
                for name in names {
                    match name.parse() {
                        Ok(platform) if !platforms.contains(&platform) => platforms.push(platform),
                        Ok(_) => {}
                        Err(problem) => self.problems.push(Problem::at(problem, &origin)),
                    }
                }
                platforms
            }
            ListOrAll::Neither => {
                let Some(platform) = Platform::current() else {
                    self.problems.push(
                        Problem::new("this machine is none of the known platforms")
                            .hint("say what to build for: --platform NAME, or --all-platforms (`pyz3-wheel platforms` lists them)"),
                    );
                    return Vec::new();
                };
                self.record("platform", platform, "this machine");
                vec![platform]
            }
        }
    }

    /// Each platform with its floor: by the platform's own key, `--manylinux` or
    /// `MACOSX_DEPLOYMENT_TARGET`, else the table's.
    fn targets(&mut self, args: &BuildArgs, config: &Config) -> Vec<ZigTarget> {
        let platforms = self.platforms(args, config);
        let release = |text: &str| {
            text.parse().map_err(|error: crate::tags::ParseTagError| {
                Problem::new(error.to_string())
                    .hint("give two numbers, such as 2_28 (glibc) or 11.0 (macOS)")
            })
        };
        let manylinux = self.text(
            "manylinux",
            args.manylinux.clone(),
            config.manylinux.as_ref(),
        );
        let manylinux = manylinux.and_then(|set| {
            let origin = set.origin.clone();
            let text = set
                .value
                .trim_start_matches("manylinux")
                .trim_start_matches('_')
                .to_owned();
            let floor = self.parse_with(Set { value: text, ..set }, release)?;
            Some((floor, origin))
        });
        let macos = self.var("MACOSX_DEPLOYMENT_TARGET").and_then(|set| {
            let origin = set.origin.clone();
            // `11` is how some spell `11.0` here.
            let text = if set.value.contains('.') {
                set.value.clone()
            } else {
                format!("{}.0", set.value)
            };
            let floor = self.parse_with(Set { value: text, ..set }, release)?;
            Some((floor, origin))
        });
        if let Some((floor, origin)) = macos
            .as_ref()
            .filter(|_| platforms.iter().any(|platform| platform.os() == Os::Macos))
        {
            let (floor, origin) = (*floor, origin.clone());
            self.record("macos-floor", floor, &origin);
        }
        platforms
            .into_iter()
            .filter_map(|platform| {
                let own = config
                    .platform
                    .get(&platform)
                    .and_then(|config| config.floor.as_ref());
                let general = match platform.os() {
                    Os::Linux => manylinux.clone(),
                    // One variable for both machines: arm64 began with 11.0.
                    Os::Macos => macos.clone().map(|(floor, origin)| {
                        (
                            platform
                                .default_floor()
                                .filter(|_| platform == Platform::MacosArm64)
                                .map_or(floor, |lowest| lowest.max(floor)),
                            origin,
                        )
                    }),
                    Os::Windows => None,
                };
                // An option or a variable wins over the file.
                let typed = general
                    .clone()
                    .filter(|(_, origin)| origin.starts_with("--") || !origin.contains(':'));
                let chosen: Option<(Release, String)> = typed
                    .or_else(|| own.map(|floor| (floor.value, floor.place.clone())))
                    .or(general);
                match chosen {
                    None => Some(ZigTarget::with_default_floor(platform)),
                    Some((floor, origin)) => ZigTarget::with_floor(platform, floor)
                        .map_err(|problem| self.problems.push(problem.at(origin)))
                        .ok(),
                }
            })
            .collect()
    }

    fn pythons(&mut self, args: &BuildArgs, config: &Config) -> PythonSelection {
        let chosen = self.list_or_all(
            ("python", "all-pythons"),
            (&args.pythons, args.all_pythons),
            (config.pythons.as_ref(), config.all_pythons.as_ref()),
        );
        match chosen {
            ListOrAll::All => PythonSelection::All,
            ListOrAll::Neither => {
                self.record(
                    "python",
                    "the active virtual environment's, else python3",
                    "default",
                );
                PythonSelection::Default
            }
            ListOrAll::List(items, origin) => {
                let mut requests = Vec::new();
                for item in items {
                    match item.parse() {
                        Ok(request) => requests.push(request),
                        Err(problem) => self.problems.push(Problem::at(problem, &origin)),
                    }
                }
                PythonSelection::These(requests)
            }
        }
    }

    fn zig(&mut self, args: &CommonArgs, project: Option<&Project>) -> ZigRequest {
        let config = project.map(|project| &project.config);
        let exe = self.path(
            "zig",
            args.zig.as_deref(),
            config.and_then(|config| config.zig_exe.as_ref()),
        );
        let exe = exe.or_else(|| {
            // `$ZIG` is the field's own name for it.
            let set = (self.env)("ZIG").filter(|value| !value.is_empty())?;
            self.record("zig", set.to_string_lossy(), "ZIG");
            Some(Set {
                value: PathBuf::from(set),
                origin: "ZIG".to_owned(),
                in_file: false,
            })
        });
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
            self.record("zig-version", wanted, origin);
            version = Some(Wanted {
                version: wanted.to_owned(),
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
