//! What goes into the wheel of a task: each installed file gets its place beside the project's own files.

use std::collections::BTreeSet;

use fs_err as fs;

use super::outcome::Work;
use super::task::TaskRun;
use crate::compile::artifact::{Artifact, Installed};
use crate::compile::generated::Layout;
use crate::compile::place;
use crate::compile::placed::Placed;
use crate::compile::remedies::Remedy;
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::project::{Abi, PackageFile};
use crate::tags::{AbiTag, CPython};
use crate::wheel::{Entry, Source};

impl TaskRun<'_> {
    /// The package files that have appeared in the project since the run began. A build script may write
    /// sources, which the first wheel must contain just like every later one.
    pub(super) fn written_files(&self) -> Result<Vec<PackageFile>> {
        if self.work != Work::Built {
            return Ok(Vec::new());
        }
        let location = &self.context.location;
        let files = location.project.wheel_files(location.output_dir)?;
        let known = self.context.prepared.importable.files().wheel.iter();
        let known: BTreeSet<_> = known.map(|file| &file.path).collect();
        let is_new = |file: &PackageFile| !known.contains(&file.path);
        Ok(files.wheel.into_iter().filter(is_new).collect())
    }

    /// Gives each shared library its place in the wheel.
    pub(super) fn place(&self, installed: &Installed, layout: &Layout<'_>) -> Result<Vec<Placed>> {
        self.reject_limited_api(&installed.artifacts)?;
        let (context, importable) = (self.context, &self.context.prepared.importable);
        place::place(
            self.job,
            context.location.project,
            importable,
            installed,
            layout,
            &context.prepared.zig.version,
            &|text| importable.note_once(text, &|text| context.observer.note(text)),
        )
    }

    /// Rejects modules with a name for the limited API if the job is for a free-threaded Python: the script
    /// ignores the job's ABI, and may have compiled the module for the limited API.
    fn reject_limited_api(&self, artifacts: &[Artifact]) -> Result<()> {
        let AbiTag::CPython(CPython {
            version,
            free_threaded: true,
        }) = self.job.abi
        else {
            return Ok(());
        };
        let prepared = self.context.prepared;
        let limited = artifacts.iter().filter(|artifact| {
            prepared.plan.abi != Abi::Full && artifact.relative.contains(".abi3.")
        });
        let problems = limited.map(|artifact| {
            Problem::new(format!(
                "is named for the limited API, but the wheel for free-threaded Python {version} has the full API"
            ))
            .at(&artifact.relative)
            .hint(format!(
                "{}\nor use --python to build for other Pythons only",
                Remedy::LimitedApi.hint(&prepared.zig.version)
            ))
        });
        Error::check(ErrorKind::Audit, problems.collect())
    }

    /// All files of the wheel. A file that is in the project too, with another content, is taken from where
    /// the build has installed it.
    pub(super) fn entries(
        &self,
        native: &[Placed],
        mut generated: Vec<Placed>,
        written: &[PackageFile],
    ) -> Result<Vec<Entry>> {
        let (context, prepared) = (self.context, self.context.prepared);
        let mut entries = prepared.contents.entries().to_vec();
        entries.extend(prepared.contents.entries_of(written)?);
        let mut replaced = BTreeSet::new();
        for entry in &entries {
            let is_same = |file: &Placed| file.path == entry.path.as_str();
            let (Some(index), Some(source)) =
                (generated.iter().position(is_same), entry.source.file())
            else {
                continue;
            };
            if fs::read(source)? == fs::read(&generated[index].source)? {
                generated.remove(index);
            } else {
                context.leftovers.replace(entry.path.as_str());
                replaced.insert(entry.path.clone());
            }
        }
        entries.retain(|entry| !replaced.contains(&entry.path));
        for placed in native.iter().chain(&generated) {
            entries.push(Entry {
                path: placed.path.parse().map_err(Error::config)?,
                source: Source::File(placed.source.clone()),
                executable: placed.executable,
                // No other job has the same file.
                shared: false,
            });
        }
        let note = |text: &str| context.observer.note(text);
        prepared.importable.check(native, &entries, &note)?;
        Ok(entries)
    }
}
