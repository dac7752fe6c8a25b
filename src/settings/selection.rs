//! What is to be built for: platforms with their floors, Pythons, the optimize mode.

use super::layers::{Layers, ListOrAll, Set};
use crate::cli::args::BuildArgs;
use crate::error::Problem;
use crate::plan::{Optimize, PythonSelection};
use crate::platform::{Family, Platform, ZigTarget};
use crate::project::{Config, Located};
use crate::tags::Release;

impl Layers<'_> {
    fn platforms(&mut self, args: &BuildArgs, config: &Config) -> Vec<Platform> {
        let chosen = self.list_or_all(
            ("platform", "all-platforms"),
            (&args.platforms, args.all_platforms),
            (config.platforms.as_ref(), config.all_platforms.as_ref()),
        );
        match chosen {
            ListOrAll::All => Platform::MAIN.to_vec(),
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

    /// Each platform with its floor: by `--manylinux` or `MACOSX_DEPLOYMENT_TARGET`, the platform's own
    /// key, or a `MACOSX_DEPLOYMENT_TARGET` that the project configures, else the table's.
    pub(super) fn targets(&mut self, args: &BuildArgs, config: &Config) -> Vec<ZigTarget> {
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
        if let Some((floor, origin)) = macos.as_ref().filter(|_| {
            platforms
                .iter()
                .any(|platform| platform.family() == Family::Macos)
        }) {
            let (floor, origin) = (*floor, origin.clone());
            self.record("macos-floor", floor, &origin);
        }
        platforms
            .into_iter()
            .filter_map(|platform| {
                let settings = config.platform.get(&platform);
                let own = settings.and_then(|config| config.floor.as_ref());
                let configured = settings.and_then(|config| config.deployment_target.as_ref());
                let general = match platform.family() {
                    Family::Manylinux => manylinux.clone(),
                    Family::Macos => macos.clone(),
                    Family::Musllinux | Family::Windows => None,
                };
                let general =
                    general.map(|(floor, origin)| (platform.floor_within_family(floor), origin));
                // An option or a variable wins over the file.
                let typed = general
                    .clone()
                    .filter(|(_, origin)| origin.starts_with("--") || !origin.contains(':'));
                let chosen: Option<(Release, String)> = typed
                    .or_else(|| own.map(|floor| (floor.value, floor.place.clone())))
                    .or(general)
                    .or_else(|| {
                        let Located { value, place } = configured?;
                        self.record_once("macos-floor", value, place);
                        Some((*value, place.clone()))
                    });
                match chosen {
                    None => Some(ZigTarget::with_default_floor(platform)),
                    Some((floor, origin)) => ZigTarget::with_floor(platform, floor)
                        .map_err(|problem| self.problems.push(problem.at(origin)))
                        .ok(),
                }
            })
            .collect()
    }

    pub(super) fn pythons(&mut self, args: &BuildArgs, config: &Config) -> PythonSelection {
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

    /// The optimize mode; before the file also by what is set for a script that is run without us.
    pub(super) fn optimize(&mut self, args: &BuildArgs, config: &Config) -> Optimize {
        let set = self
            .text("optimize", args.optimize.clone(), None::<&Located<String>>)
            .or_else(|| {
                let names = ["PYDUST_OPTIMIZE", "PYZ3_OPTIMIZE", "HATCH_ZIG_BUILD_MODE"];
                let set = names.into_iter().find_map(|name| self.var(name))?;
                self.record("optimize", &set.value, &set.origin);
                Some(set)
            })
            .or_else(|| self.text("optimize", None, config.optimize.as_ref()));
        set.and_then(|set| self.parse(set)).unwrap_or_default()
    }
}
