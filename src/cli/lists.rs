//! `pyz3-wheel platforms` and `pyz3-wheel pythons`: what is known, what was found.

use std::process::ExitCode;

use serde_json::json;

use super::args::CommonArgs;
use super::open_cache;
use crate::error::Result;
use crate::plan::abi_tag;
use crate::platform::Platform;
use crate::report::{self, Format, Report};
use crate::settings;
use crate::sys::signal;
use crate::text::path::lossy;
use crate::toolchain::interpreter;

/// Lists the platform table.
pub(super) fn platforms(common: &CommonArgs) -> Result<ExitCode> {
    let output = settings::output(common, None, &settings::process_env)?;
    let current = Platform::current();
    let is_main = |platform: Platform| Platform::MAIN.contains(&platform);
    match output.format {
        Format::Human => {
            let rows = Platform::ALL.into_iter().map(|platform| {
                let notes = [
                    (Some(platform) == current, "this machine"),
                    (!is_main(platform), "by name only"),
                ];
                let notes = notes
                    .into_iter()
                    .filter_map(|(is, note)| is.then_some(note));
                [
                    platform.name().to_owned(),
                    platform.zig_target(),
                    platform.wheel_platform(),
                    notes.collect::<Vec<_>>().join(", "),
                ]
            });
            report::table(["platform", "Zig target", "wheel platform", ""], rows)?;
        }
        Format::Json => {
            let rows = Platform::ALL.map(|platform| {
                json!({
                    "name": platform.name(),
                    "zig_target": platform.zig_target(),
                    "wheel_platform": platform.wheel_platform(),
                    "current": Some(platform) == current,
                    "in_all_platforms": is_main(platform),
                })
            });
            report::json(&rows)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Lists the Pythons of this machine; those that can't be used, with the reason.
pub(super) fn pythons(common: &CommonArgs) -> Result<ExitCode> {
    let output = settings::output(common, None, &settings::process_env)?;
    let cache_dir = settings::cache_dir(common, None, &settings::process_env)?;
    let report = Report::new(output);
    let cancel = signal::listen()?;
    let cache = open_cache(cache_dir.as_deref(), &report, &cancel)?;
    let found = interpreter::discover(&cache, &[]);
    let default = interpreter::default(&cache);
    cancel.check()?;
    match output.format {
        Format::Human => {
            let usable = found.usable.iter().map(|python| {
                let is_default = default.as_ref().is_some_and(|default| {
                    default.exe == python.exe || default.base_prefix == python.base_prefix
                });
                [
                    abi_tag(python).to_string(),
                    python.patch.clone(),
                    python.exe.display().to_string(),
                    python.origin.clone(),
                    if is_default { "default" } else { "" }.to_owned(),
                ]
            });
            report::table(["abi", "version", "interpreter", "found in", ""], usable)?;
            for (path, why) in &found.unusable {
                report::note(&format!("not usable: {}: {why}", path.display()));
            }
        }
        Format::Json => {
            let unusable: Vec<_> = found
                .unusable
                .iter()
                .map(|(path, why)| json!({"interpreter": lossy(path), "reason": why}))
                .collect();
            report::json(
                &json!({"pythons": found.usable, "default": default, "unusable": unusable}),
            )?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
