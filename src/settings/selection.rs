//! What to build for: platforms with their floors, Pythons, the optimize mode.

use super::layers::{Layers, ListOrAll, Set};
use crate::error::{Problem, Result};
use crate::options::{Origin, table};
use crate::plan::PythonSelection;
use crate::platform::{self, Family, Platform, PlatformRequest, ZigTarget};
use crate::project::Located;
use crate::tags::Release;

/// A floor and where it was given.
type Floor = (Release, Origin);

/// The requested platforms in their order, each with the floor that its name contains.
#[derive(Default)]
struct Platforms(Vec<(Platform, Option<Floor>)>);

impl Platforms {
    fn of(platforms: impl IntoIterator<Item = Platform>) -> Self {
        Self(platforms.into_iter().map(|one| (one, None)).collect())
    }

    fn contain(&self, family: Family) -> bool {
        self.0.iter().any(|(one, _)| one.family() == family)
    }

    /// Adds what one text asks for. A platform is built for once, so two floors contradict each other.
    fn add(&mut self, text: &str, origin: &Origin) -> Result<(), Problem> {
        let request: PlatformRequest = text.parse()?;
        let floor = request.floor.map(|floor| (floor, origin.clone()));
        for platform in request.platforms {
            match (self.0.iter_mut().find(|(one, _)| *one == platform), &floor) {
                (None, _) => self.0.push((platform, floor.clone())),
                (Some((_, Some((known, _)))), Some((floor, _))) if known != floor => {
                    return Err(Problem::new(format!(
                        "{platform} is requested with the floors {known} and {floor}"
                    ))
                    .hint(
                        "name one of them: the wheel for the lower one also runs on later releases",
                    ));
                }
                (Some((_, known)), Some(floor)) => *known = Some(floor.clone()),
                (Some(_), None) => {}
            }
        }
        Ok(())
    }
}

impl Layers<'_> {
    fn platforms(&mut self) -> Platforms {
        match self.list_or_all(&table::PLATFORM, &table::ALL_PLATFORMS) {
            ListOrAll::All => Platforms::of(Platform::MAIN),
            ListOrAll::List(names, origin) => {
                let mut platforms = Platforms::default();
                for name in names {
                    if let Err(problem) = platforms.add(&name, &origin) {
                        self.problems.push(problem.at(&origin));
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
                    return Platforms::default();
                };
                self.record(table::PLATFORM.name, platform, Origin::Machine);
                Platforms::of([platform])
            }
        }
    }

    /// Each platform with its floor: by its name (`manylinux_2_28_x86_64`), by `--manylinux` or
    /// `MACOSX_DEPLOYMENT_TARGET`, the platform's own key, or a `MACOSX_DEPLOYMENT_TARGET` that the project
    /// configures, else the table's.
    pub(super) fn targets(&mut self) -> Vec<ZigTarget> {
        let platforms = self.platforms();
        let release = |text: &str| {
            text.parse().map_err(|error: crate::tags::ParseTagError| {
                Problem::new(error.to_string()).hint("give two numbers, such as 11.0")
            })
        };
        let manylinux = self.text(&table::MANYLINUX);
        let manylinux = manylinux.and_then(|set| {
            let origin = set.origin.clone();
            let floor = self.parse_with(set, platform::glibc)?;
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
        if let Some((floor, origin)) = macos.as_ref().filter(|_| platforms.contain(Family::Macos)) {
            let (floor, origin) = (*floor, origin.clone());
            self.record("macos-floor", floor, origin);
        }
        platforms
            .0
            .into_iter()
            .filter_map(|(platform, named)| {
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
                let chosen = if let Some(named) = named {
                    // Of two with the same strength the last one counts: the platform's own key.
                    let others = general.into_iter().chain(own.map(of_file));
                    Some(self.settle(platform, named, others)?)
                } else {
                    of_this_run
                        .or_else(|| own.map(of_file))
                        .or(general)
                        .or_else(|| {
                            let (floor, origin) = configured.map(of_file)?;
                            self.record_once("macos-floor", floor, &origin);
                            Some((floor, origin))
                        })
                };
                match chosen {
                    None => Some(ZigTarget::with_default_floor(platform)),
                    Some((floor, origin)) => ZigTarget::with_floor(platform, floor)
                        .map_err(|problem| self.problems.push(problem.at(origin)))
                        .ok(),
                }
            })
            .collect()
    }

    /// A platform whose name contains a floor. A stronger layer may set another one; that the same layer does
    /// is a contradiction.
    fn settle(
        &mut self,
        platform: Platform,
        named: Floor,
        others: impl Iterator<Item = Floor>,
    ) -> Option<Floor> {
        let other = others.max_by_key(|(_, origin)| origin.strength());
        match other {
            Some(other) if other.1.strength() > named.1.strength() => Some(other),
            Some((other, origin))
                if origin.strength() == named.1.strength() && other != named.0 =>
            {
                self.problems.push(
                    Problem::new(format!(
                        "{platform} is requested with the floor {}, but {origin} sets {other}",
                        named.0
                    ))
                    .hint("give one of the two")
                    .at(named.1),
                );
                None
            }
            Some(_) | None => Some(named),
        }
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
