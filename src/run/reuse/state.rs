//! The results of earlier runs in this project: `.pyz3-wheel/state.json`.
//!
//! Takes the project's cache folder; gives the records, or none if the file cannot be
//! read or was not written by this user for this path: the state says which wheels are up to date, and a
//! checkout may contain both the state and the wheels.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::inputs::Inputs;
use super::memo::Memo;
use crate::audit::Finding;
use crate::sys::files;
use crate::toolchain::UserKey;
use crate::wheel::WrittenWheel;

/// Raise this number when the format of the file changes.
const FORMAT: u32 = 4;

/// The purpose of the signature, which is the file's first line.
const PURPOSE: &str = "state of earlier builds";

#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct State {
    format: u32,
    /// Files that were read.
    pub(super) memo: Memo,
    /// What the last wheel of each job depended on, by the job's name.
    pub(super) jobs: BTreeMap<String, Inputs>,
    /// The files of these jobs, by the name that their inputs have for them.
    trees: BTreeMap<String, BTreeMap<String, String>>,
    /// The wheels that were written.
    wheels: BTreeMap<PathBuf, Written>,
}

/// A wheel as it was written.
#[derive(Debug, Serialize, Deserialize)]
struct Written {
    /// Of everything that went in.
    fingerprint: String,
    size: u64,
    sha256: String,
    /// What the audit found in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<Finding>,
}

impl State {
    /// What the user's earlier runs have saved; nothing if somebody else has written the file, or if it was
    /// written for another path.
    pub(super) fn load(file: &Path, key: Option<&UserKey>) -> Self {
        let state = key.and_then(|key| {
            let bytes = std::fs::read(file).ok()?;
            let (signature, text) =
                bytes.split_at_checked(bytes.iter().position(|c| *c == b'\n')?)?;
            let signature = str::from_utf8(signature).ok()?;
            let is_own = key.has_signed(PURPOSE, &[path_of(file), text], signature);
            let state = serde_json::from_slice::<Self>(is_own.then_some(text)?).ok()?;
            (state.format == FORMAT).then_some(state)
        });
        state.unwrap_or_default()
    }

    /// In one step, so that another run at the same time reads the old or the new one.
    pub(super) fn save(&mut self, file: &Path, key: &UserKey) -> std::io::Result<()> {
        self.format = FORMAT;
        self.memo.forget_others();
        let used: BTreeSet<_> = self.jobs.values().map(Inputs::sources).collect();
        self.trees.retain(|name, _| used.contains(name.as_str()));
        self.wheels.retain(|path, _| path.exists());
        let text = [b"\n", &*serde_json::to_vec(self)?].concat();
        let signature = key.sign(PURPOSE, &[path_of(file), &text]);
        files::replace(file, &[signature.as_bytes(), &text].concat())
    }

    /// The files of an earlier build.
    pub(super) fn tree(&self, inputs: &Inputs) -> Option<&BTreeMap<String, String>> {
        self.trees.get(inputs.sources())
    }

    pub(super) fn remember_job(
        &mut self,
        job: &str,
        inputs: &Inputs,
        files: &BTreeMap<String, String>,
    ) {
        self.trees
            .entry(inputs.sources().to_owned())
            .or_insert_with(|| files.clone());
        self.jobs.insert(job.to_owned(), inputs.clone());
    }

    pub(super) fn remember_wheel(
        &mut self,
        wheel: &WrittenWheel,
        fingerprint: &str,
        warnings: &[Finding],
    ) {
        let written = Written {
            fingerprint: fingerprint.to_owned(),
            size: wheel.size,
            sha256: wheel.sha256.clone(),
            warnings: warnings.to_vec(),
        };
        self.wheels.insert(wheel.path.clone(), written);
    }

    /// The same wheel, known by what it is made of as the next run sees it.
    pub(super) fn rename_wheel(&mut self, before: &str, now: &str) {
        let written = self.wheels.values_mut();
        for wheel in written.filter(|wheel| wheel.fingerprint == before) {
            now.clone_into(&mut wheel.fingerprint);
        }
    }

    /// The wheel at this path with what the audit found in it, if the wheel was made of the same inputs and
    /// has not changed since it was written.
    pub(super) fn wheel(
        &mut self,
        path: &Path,
        fingerprint: &str,
    ) -> Option<(WrittenWheel, Vec<Finding>)> {
        let written = self.wheels.get(path)?;
        if written.fingerprint != fingerprint || self.memo.sha256(path) != written.sha256 {
            return None;
        }
        let wheel = WrittenWheel {
            path: path.to_owned(),
            size: written.size,
            sha256: written.sha256.clone(),
        };
        Some((wheel, written.warnings.clone()))
    }
}

fn path_of(file: &Path) -> &[u8] {
    file.as_os_str().as_encoded_bytes()
}
