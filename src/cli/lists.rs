//! `pyz3-wheel platforms` and `pyz3-wheel pythons`: the platforms that are supported, and the Pythons that
//! were found.

use serde_json::{Value, json};

use super::session::{Outcome, Session};
use crate::error::Result;
use crate::plan::abi_tag;
use crate::platform::Platform;
use crate::report::{Document, Report};
use crate::tags::Support;
use crate::text::path::lossy;
use crate::toolchain::interpreter::{self, Discovery, Interpreter};

/// Lists the Pythons of this machine; those that cannot be used, with the reason.
pub(super) fn pythons(session: &Session) -> Outcome {
    let cache_dir = session.cache_dir(None)?;
    let cache = session.cache(cache_dir.as_deref())?;
    let found = interpreter::discover(&cache, &[]);
    let default = interpreter::default(&cache);
    session.cancel()?.check()?;
    Ok(Box::new(Pythons { found, default }))
}

/// The platform table; one of its rows may be this machine's.
pub(super) struct Platforms {
    current: Option<Platform>,
}

impl Platforms {
    /// All platforms that wheels can be built for.
    pub(super) fn known() -> Self {
        Self {
            current: Platform::current(),
        }
    }
}

fn is_main(platform: Platform) -> bool {
    Platform::MAIN.contains(&platform)
}

impl Document for Platforms {
    fn human(&self, report: &Report) -> Result<()> {
        let rows = Platform::ALL.into_iter().map(|platform| {
            let wheel = platform.wheel_platform();
            // The older name of the same promise comes first.
            let wheel = wheel.rsplit('.').next().unwrap_or(&wheel);
            [
                if Some(platform) == self.current {
                    "*"
                } else {
                    ""
                }
                .to_owned(),
                platform.name().to_owned(),
                platform.zig_target(),
                wheel.to_owned(),
                if is_main(platform) { "main" } else { "" }.to_owned(),
            ]
        });
        report.print_table(["", "platform", "Zig target", "wheel platform", ""], rows)?;
        report.note("`--all-platforms` builds for the main ones; * is this machine");
        Ok(())
    }

    fn json(&self) -> Result<Value> {
        let rows = Platform::ALL.into_iter().map(|platform| {
            json!({
                "name": platform.name(),
                "zig_target": platform.zig_target(),
                "wheel_platform": platform.wheel_platform(),
                "current": Some(platform) == self.current,
                "in_all_platforms": is_main(platform),
            })
        });
        Ok(rows.collect())
    }
}

/// The Pythons of this machine, and the one that is used unless another is requested.
struct Pythons {
    found: Discovery,
    default: Option<Interpreter>,
}

impl Document for Pythons {
    fn human(&self, report: &Report) -> Result<()> {
        let usable = self.found.usable.iter().map(|python| {
            let is_default = self.default.as_ref().is_some_and(|default| {
                default.exe == python.exe || default.base_prefix == python.base_prefix
            });
            let notes = [
                is_default.then_some("default"),
                match python.cpython().support() {
                    Some(Support::Default) => None,
                    Some(Support::ByName) => Some("by name only"),
                    Some(Support::Preview) => Some("pre-release, by name only"),
                    None => Some("not supported"),
                },
            ];
            let notes: Vec<_> = notes.into_iter().flatten().collect();
            [
                abi_tag(python).to_string(),
                python.patch.clone(),
                python.exe.display().to_string(),
                python.origin.clone(),
                notes.join(", "),
            ]
        });
        report.print_table(["abi", "version", "interpreter", "found in", ""], usable)?;
        for (path, why) in &self.found.unusable {
            report.note(&format!("not usable: {}: {why}", path.display()));
        }
        let missing: Vec<_> = self
            .found
            .missing()
            .iter()
            .map(ToString::to_string)
            .collect();
        if !missing.is_empty() {
            report.note(&format!(
                "not on this machine: {}; a build with --provision installs those that it needs",
                missing.join(", ")
            ));
        }
        Ok(())
    }

    fn json(&self) -> Result<Value> {
        let unusable = self.found.unusable.iter();
        let unusable =
            unusable.map(|(path, why)| json!({"interpreter": lossy(path), "reason": why}));
        Ok(json!({
            "pythons": self.found.usable,
            "default": self.default,
            "unusable": unusable.collect::<Vec<_>>(),
            "missing": self.found.missing(),
        }))
    }
}
