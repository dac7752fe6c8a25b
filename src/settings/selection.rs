//! What to build for: platforms with their floors, Pythons, the optimize mode.

use super::layers::{Layers, ListOrAll, Set};
use crate::error::Problem;
use crate::options::{Origin, table};
use crate::plan::PythonSelection;
use crate::platform::{Family, Platform, ZigTarget};
use crate::project::Located;
use crate::tags::Release;

impl Layers<'_> {
    fn platforms(&mut self) -> Vec<Platform> {
        match self.list_or_all(&table::PLATFORM, &table::ALL_PLATFORMS) {
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
                        Problem::new("this machine's platform is not supported")
                            .hint("name the platforms to build for: --platform NAME, or --all-platforms (`pyz3-wheel platforms` lists them)"),
                    );
                    return Vec::new();
                };
                self.record(table::PLATFORM.name, platform, Origin::Machine);
                vec![platform]
            }
        }
    }

    /// Each platform with its floor: by `--manylinux` or `MACOSX_DEPLOYMENT_TARGET`, the platform's own
    /// key, or a `MACOSX_DEPLOYMENT_TARGET` that the project configures, else the table's.
    pub(super) fn targets(&mut self) -> Vec<ZigTarget> {
        let platforms = self.platforms();
        let release = |text: &str| {
            text.parse().map_err(|error: crate::tags::ParseTagError| {
                Problem::new(error.to_string())
                    .hint("give two numbers, such as 2_28 (glibc) or 11.0 (macOS)")
            })
        };
        let manylinux = self.text(&table::MANYLINUX);
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
        let macos = self.variable("MACOSX_DEPLOYMENT_TARGET");
        let macos = macos.and_then(|set| {
            let set = self.unicode(set)?;
            let origin = set.origin.clone();
            // Some projects write `11` for `11.0` here.
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
            self.record("macos-floor", floor, origin);
        }
        platforms
            .into_iter()
            .filter_map(|platform| {
                let settings = self
                    .config
                    .and_then(|config| config.platform.get(&platform));
                let own = settings.and_then(|config| config.floor.as_ref());
                let configured = settings.and_then(|config| config.deployment_target.as_ref());
                let general = match platform.family() {
                    Family::Manylinux => manylinux.clone(),
                    Family::Macos => macos.clone(),
                    Family::Musllinux
                    | Family::Windows
                    | Family::Ios
                    | Family::IosSimulator
                    | Family::Android
                    | Family::Pyemscripten => None,
                };
                let general =
                    general.map(|(floor, origin)| (platform.floor_within_family(floor), origin));
                let of_file =
                    |located: &Located<Release>| (located.value, Origin::File(located.place));
                // An option or a variable wins over the file.
                let of_this_run = general
                    .clone()
                    .filter(|(_, origin)| origin.is_of_this_run());
                let chosen = of_this_run
                    .or_else(|| own.map(of_file))
                    .or(general)
                    .or_else(|| {
                        let (floor, origin) = configured.map(of_file)?;
                        self.record_once("macos-floor", floor, &origin);
                        Some((floor, origin))
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

    pub(super) fn pythons(&mut self) -> PythonSelection {
        match self.list_or_all(&table::PYTHON, &table::ALL_PYTHONS) {
            ListOrAll::All => PythonSelection::All,
            ListOrAll::Neither => {
                self.record(
                    table::PYTHON.name,
                    "the active virtual environment's, else python3",
                    Origin::Default,
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
}
