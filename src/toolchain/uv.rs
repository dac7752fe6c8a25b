//! The user's uv, which installs Pythons and packages.
//!
//! Takes PATH; gives an executable that is not older than [`OLDEST`].

use std::path::{Path, PathBuf};
use std::process::Command;
use std::str::FromStr as _;

use pep440_rs::Version;

use crate::sys::cancel::Cancel;
use crate::sys::process::{self, PATIENCE};
use crate::sys::programs;

/// The oldest uv that is used. The certificates in earlier releases include those of an authority that
/// was compromised in October 2026, so that their downloads could be forged.
pub(super) const OLDEST: &str = "0.13.4";

/// The first uv on PATH that is not too old. `on` receives a note for each that is.
pub(super) fn on_path(on: &dyn Fn(&str), cancel: &Cancel) -> Option<PathBuf> {
    programs::find_all("uv")
        .into_iter()
        .find(|exe| match version(exe, cancel) {
            Some(found) if Version::from_str(OLDEST).is_ok_and(|oldest| found >= oldest) => true,
            found => {
                let found = found.map_or("of an unknown version".to_owned(), |found| {
                    format!("version {found}")
                });
                on(&format!(
                    "{} is {found} and is not used: uv before {OLDEST} trusts a certificate authority that was \
                     compromised; `uv self update` updates it",
                    exe.display()
                ));
                false
            }
        })
}

/// The version that an executable reports as `uv 0.13.9 (…)`.
fn version(exe: &Path, cancel: &Cancel) -> Option<Version> {
    let mut command = Command::new(exe);
    command.arg("--version");
    // The first run on a cold disk reads 60 MB.
    let output = process::capture(command, PATIENCE * 6, cancel).ok()?;
    let text = output.answer().ok()?;
    let version = text.strip_prefix("uv ")?.split_whitespace().next()?;
    version.parse().ok()
}
