//! The log for maintainers: events on stderr, selected by `PYZ3_WHEEL_LOG`. Without the variable, events are
//! not even formatted.
//!
//! The value is a level (`error`, `warn`, `info`, `debug` or `trace`), a level for the modules below a path
//! (`toolchain=trace`), or several of these with commas, of which the one with the longest matching path applies.

use std::fmt::{self, Write as _};
use std::str::FromStr;
use std::time::Instant;

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::Stderr;
use crate::error::{Error, Problem, Result};
use crate::settings::Env;
use crate::text::escape;

/// The variable that says what is logged.
const VARIABLE: &str = "PYZ3_WHEEL_LOG";

/// Starts the log of the process if the environment variable `PYZ3_WHEEL_LOG` is set.
pub fn start_log(env: Env<'_>, stderr: &Stderr) -> Result<()> {
    let Some(value) = env(VARIABLE).filter(|value| !value.is_empty()) else {
        return Ok(());
    };
    let filter = value.to_string_lossy().parse().map_err(Error::config)?;
    let log = Log {
        filter,
        stderr: stderr.clone(),
        start: Instant::now(),
    };
    // An error means that the process has a log already, as a program that uses the library may have.
    let _ = tracing::subscriber::set_global_default(log);
    Ok(())
}

/// Which events are logged.
#[derive(Debug, Default, PartialEq, Eq)]
struct Filter {
    general: Option<LevelFilter>,
    /// Paths of modules, and the level for the modules below.
    modules: Vec<(String, LevelFilter)>,
}

impl FromStr for Filter {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let mut filter = Self::default();
        for part in text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
        {
            let (module, level) = part
                .rsplit_once('=')
                .map_or((None, part), |(module, level)| {
                    (Some(module.trim()), level.trim())
                });
            let parsed = level.parse().ok().filter(|_| !level.is_empty());
            let level = parsed.ok_or_else(|| {
                Problem::new(format!("`{level}` is not a log level"))
                    .at(VARIABLE)
                    .hint("set a level, or levels of modules: debug, or info,toolchain=trace\nthe levels are off, error, warn, info, debug and trace")
            })?;
            match module {
                None => filter.general = Some(level),
                Some(module) => filter.modules.push((module.to_owned(), level)),
            }
        }
        Ok(filter)
    }
}

impl Filter {
    /// The level for a module of this program.
    fn level(&self, module: &str) -> LevelFilter {
        let is_below = |path: &str| {
            let rest = module.strip_prefix(path);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
        };
        let modules = self.modules.iter().filter(|(path, _)| is_below(path));
        let closest = modules.max_by_key(|(path, _)| path.len());
        let level = closest.map(|(_, level)| *level).or(self.general);
        level.unwrap_or(LevelFilter::OFF)
    }

    fn highest(&self) -> LevelFilter {
        let levels = self.modules.iter().map(|(_, level)| *level);
        levels.chain(self.general).max().unwrap_or(LevelFilter::OFF)
    }
}

/// The path of the module that an event is from, within this program.
fn module<'a>(metadata: &'a Metadata<'_>) -> &'a str {
    let target = metadata.target();
    target.strip_prefix("pyz3_wheel::").unwrap_or(target)
}

/// Writes each event as a line.
struct Log {
    filter: Filter,
    stderr: Stderr,
    start: Instant,
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= self.filter.level(module(metadata))
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.filter.highest())
    }

    fn event(&self, event: &Event<'_>) {
        let mut line = format!(
            "{:>8.3} {:<5} {}:",
            self.start.elapsed().as_secs_f64(),
            event.metadata().level().as_str(),
            module(event.metadata()),
        );
        event.record(&mut Fields(&mut line));
        self.stderr.line(&escape::cell(&line));
    }

    // There are no spans in this program.
    fn new_span(&self, _span: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _span: &Id, _values: &Record<'_>) {}

    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}

    fn enter(&self, _span: &Id) {}

    fn exit(&self, _span: &Id) {}
}

/// Appends the message, and the fields as `name=value`.
struct Fields<'a>(&'a mut String);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing to a string cannot fail.
        let _ = match field.name() {
            "message" => write!(self.0, " {value:?}"),
            name => write!(self.0, " {name}={value:?}"),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_path_decides() {
        let filter: Filter = "info, toolchain=debug,toolchain::zig=trace,sys=off"
            .parse()
            .unwrap();
        for (module, level) in [
            ("run::reuse", LevelFilter::INFO),
            ("toolchain", LevelFilter::DEBUG),
            ("toolchain::cache::entries", LevelFilter::DEBUG),
            ("toolchain::zig", LevelFilter::TRACE),
            ("toolchains", LevelFilter::INFO),
            ("sys::process", LevelFilter::OFF),
        ] {
            assert_eq!(filter.level(module), level, "{module}");
        }
        assert_eq!(filter.highest(), LevelFilter::TRACE);
        let one: Filter = "sys=DEBUG".parse().unwrap();
        assert_eq!(one.level("run"), LevelFilter::OFF);
    }

    #[test]
    fn what_is_not_a_level_is_refused() {
        for text in ["loud", "sys=loud", "sys", "="] {
            let problem = text.parse::<Filter>().unwrap_err();
            assert!(problem.message.ends_with("is not a log level"));
            assert_eq!(problem.place.as_deref(), Some(VARIABLE));
        }
    }
}
