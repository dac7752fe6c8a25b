//! Lists the files of the new wheel.

use std::collections::BTreeSet;

use rawzip::ReaderAt;

use super::change::Change;
use super::unfixed::{Unfixed, reason};
use crate::audit::claim::Claim;
use crate::audit::code::Code;
use crate::audit::container::archive::{Archive, Entry};
use crate::audit::wheel::Check;
use crate::binary::{Format, Kind};
use crate::metadata::ArchivePath;
use crate::wheel::{Rewrite, RewriteBytes, RewriteEntry};

/// The new wheel so far.
pub(super) struct Rewriting {
    /// What the wheel's own folders begin with, in the existing and in the new wheel.
    pub(super) old: String,
    pub(super) new: String,
    /// The files that are run.
    pub(super) programs: BTreeSet<String>,
    pub(super) changes: Vec<Change>,
    pub(super) entries: Vec<RewriteEntry>,
}

impl Rewriting {
    pub(super) fn add<R: ReaderAt>(
        &mut self,
        check: &Check<'_>,
        archive: &Archive<R>,
        entry: &Entry,
        wheel: &str,
    ) -> Result<(), Unfixed> {
        let refused = || Unfixed {
            code: Code::ZipDamaged,
            file: Some(entry.name.clone()),
            reason: reason(Code::ZipDamaged).to_owned(),
        };
        let own = format!("{}.dist-info/", self.old);
        match entry.name.strip_prefix(&own) {
            Some("RECORD") => return Ok(()),
            // A signature of RECORD does not hold for another RECORD.
            Some("RECORD.jws" | "RECORD.p7s") => {
                self.changes.push(Change {
                    what: "signature",
                    file: Some(entry.name.clone()),
                    from: None,
                    to: None,
                    codes: Vec::new(),
                });
                return Ok(());
            }
            _ => {}
        }
        let is_wheel = entry.name.strip_prefix(&own) == Some("WHEEL");
        let bytes = if is_wheel {
            RewriteBytes::Text(wheel.as_bytes().to_vec())
        } else {
            let content = check.files.contents.get(&entry.name).cloned();
            let packed = content.and_then(|content| archive.packed(entry, content));
            RewriteBytes::Copied(packed.ok_or_else(refused)?)
        };
        let is_program = self.programs.contains(&entry.name);
        if is_program && !entry.is_executable() {
            self.changes.push(Change {
                what: "mode",
                file: Some(entry.name.clone()),
                from: Some("0644".to_owned()),
                to: Some("0755".to_owned()),
                codes: Vec::new(),
            });
        }
        let path = ["dist-info", "data"]
            .iter()
            .find_map(|kind| {
                let rest = entry.name.strip_prefix(&format!("{}.{kind}/", self.old))?;
                Some(format!("{}.{kind}/{rest}", self.new))
            })
            .unwrap_or_else(|| entry.name.clone());
        self.entries.push(RewriteEntry {
            path: path.parse().map_err(|_| refused())?,
            executable: entry.is_executable() || is_program,
            bytes,
        });
        Ok(())
    }

    /// The changes, and the contents of the new wheel; `None` if nothing inside the wheel changes.
    pub(super) fn finish(mut self, is_changed: bool) -> (Vec<Change>, Option<Rewrite>) {
        let is_changed = is_changed
            || self.old != self.new
            || self
                .changes
                .iter()
                .any(|change| matches!(change.what, "record" | "archive" | "mode"));
        let record: Result<ArchivePath, _> = format!("{}.dist-info/RECORD", self.new).parse();
        let rewrite = record.ok().filter(|_| is_changed).map(|record| Rewrite {
            entries: self.entries,
            record,
        });
        if rewrite.is_none() {
            // The signature stays true.
            self.changes.retain(|change| change.what != "signature");
        }
        (self.changes, rewrite)
    }
}

/// The files that people or other programs run: scripts, and programs that are not for Windows.
pub(super) fn programs(check: &Check<'_>, claim: &Claim) -> BTreeSet<String> {
    if !claim.systems().unix {
        return BTreeSet::new();
    }
    let scripts = format!("{}.data/scripts/", check.claim.stem());
    let names = check.files.contents.keys();
    let scripts = names.filter(|name| name.starts_with(&scripts));
    let binaries = check.files.binaries.iter();
    let programs = binaries
        .filter(|(_, binary)| binary.kind == Kind::Executable && binary.format != Format::Pe);
    let programs = programs.map(|(name, _)| name);
    scripts.chain(programs).cloned().collect()
}
