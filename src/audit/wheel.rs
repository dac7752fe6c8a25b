//! Checks a whole wheel against its file name.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Seek, SeekFrom};

use rawzip::ReaderAt;

use super::claim::Claim;
use super::code::Code;
use super::container::archive::Archive;
use super::container::wheel_file::WheelFile;
use super::container::window::Window;
use super::container::{
    contents, entry_points, imports, metadata, name, paths, places, record, requires_python,
    wheel_file,
};
use super::declared::{Declared, Examined};
use super::finding::{Finding, first_of_each, sort};
use super::memory::Share;
use super::native;
use super::unpack::Unpacked;
use super::upload;
use crate::metadata::modules::Modules;
use crate::wheel::record::parse as parse_record;

/// Checks the wheel with this file name. An error means that the file cannot be read.
pub(super) fn check(filename: &str, file: &File) -> io::Result<Examined> {
    Ok(check_file(filename, file, |_, _, _| ())?.0)
}

/// Checks a wheel, then calls `then` with the wheel and its findings, unless the name or the archive is invalid.
pub(super) fn check_file<T>(
    filename: &str,
    file: &File,
    then: impl FnOnce(&Check<'_>, &Archive<Window>, &[Finding]) -> T,
) -> io::Result<(Examined, Option<T>)> {
    let mut file = file.try_clone()?;
    let length = file.seek(SeekFrom::End(0))?;
    Ok(check_reader(filename, Window::from(file), length, then))
}

/// Checks a wheel in memory.
pub(super) fn check_bytes(filename: &str, bytes: &[u8]) -> Examined {
    check_reader(filename, bytes, bytes.len() as u64, |_, _, _| ()).0
}

fn check_reader<R: ReaderAt, T>(
    filename: &str,
    reader: R,
    length: u64,
    then: impl FnOnce(&Check<'_>, &Archive<R>, &[Finding]) -> T,
) -> (Examined, Option<T>) {
    let mut findings = Vec::new();
    let claim = match Claim::parse(filename) {
        Ok(claim) => claim,
        Err(error) => {
            findings.push(
                Finding::new(Code::FilenameInvalid, error.to_string())
                    .hint("name it name-version-python-abi-platform.whl"),
            );
            return ((findings, None), None);
        }
    };
    findings.extend(name::judge(&claim));
    findings.extend(upload::judge(length));
    let mut memory = Share::default();
    match Archive::open(reader, length, &mut memory, &mut findings) {
        Ok(archive) => {
            let mut check = Check::new(&claim, &archive, memory, findings);
            let (findings, declared) = check.run();
            let further = then(&check, &archive, &findings);
            drop(check);
            drop(archive);
            // The findings lie between blocks of memory that are free now, so the allocator cannot return those
            // blocks to the system. A copy of the findings does not hold them.
            ((findings.clone(), declared), Some(further))
        }
        Err(fatal) => {
            findings.push(fatal);
            ((findings, None), None)
        }
    }
}

/// A wheel that is being checked.
pub(super) struct Check<'a> {
    pub(super) claim: &'a Claim,
    findings: Vec<Finding>,
    pub(super) files: Unpacked,
    /// What METADATA declares, if it can be read.
    declared: Option<Declared>,
}

impl<'a> Check<'a> {
    fn new<R: ReaderAt>(
        claim: &'a Claim,
        archive: &Archive<R>,
        memory: Share,
        mut findings: Vec<Finding>,
    ) -> Self {
        let names = archive.entries.iter().map(|entry| entry.name.as_str());
        findings.extend(paths::judge(names, claim.systems()));
        findings.extend(contents::empty_folders(&archive.entries));
        let dist_info = format!("{}.dist-info/", claim.stem());
        let files = Unpacked::read(archive, &dist_info, memory, &mut findings);
        Self {
            claim,
            findings,
            files,
            declared: None,
        }
    }

    fn run(&mut self) -> Examined {
        // The rules need about as much memory as the files of a wheel that has the turn.
        let memory = &self.files.memory;
        let _loan = memory.has_turn().then(|| memory.borrow(usize::MAX));
        let wheel = self.own_files();
        self.files.texts.remove("RECORD");
        let (files, stem) = (&self.files, self.claim.stem());
        let contents = contents::judge(&files.contents, &stem, self.depends());
        self.findings.extend(contents);
        let paths = files.contents.keys().map(String::as_str);
        let entry_points = files.text("entry_points.txt");
        let commands = entry_points::commands(&entry_points);
        self.findings
            .extend(places::judge(paths.clone(), &commands, self.claim));
        let redundant = places::redundant_scheme(paths, &stem, wheel.root_is_purelib);
        self.findings.extend(redundant);
        self.findings.extend(contents::shebangs(&files.shebangs));
        let startup = contents::startup_files(&files.contents, &files.run_code, &stem);
        self.findings.extend(startup);
        self.imports();
        self.findings.extend(self.native(self.claim, &wheel));
        sort(&mut self.findings);
        let declared = self.declared.as_ref().and_then(Declared::to_keep);
        (first_of_each(std::mem::take(&mut self.findings)), declared)
    }

    /// The findings about the name and the binaries if the wheel has this name and this WHEEL.
    pub(super) fn under(&self, claim: &Claim, wheel: &WheelFile) -> Vec<Finding> {
        let mut findings = name::judge(claim);
        findings.extend(self.native(claim, wheel));
        findings
    }

    fn native(&self, claim: &Claim, wheel: &WheelFile) -> Vec<Finding> {
        let requires_python = self.declared.as_ref().and_then(Declared::specifiers);
        native::judge(&self.files, claim, wheel, requires_python.as_ref())
    }

    /// Whether METADATA names another distribution that the wheel needs.
    fn depends(&self) -> bool {
        let declared = self.declared.as_ref();
        declared.is_some_and(|declared| !declared.requires_dist.is_empty())
    }

    /// Checks WHEEL, METADATA, RECORD and the entry points; gives the contents of WHEEL.
    fn own_files(&mut self) -> WheelFile {
        let dist_info = format!("{}.dist-info/", self.claim.stem());
        let folders: BTreeSet<_> = self
            .files
            .contents
            .keys()
            .filter_map(|path| path.split_once('/'))
            .map(|(first, _)| first)
            .collect();
        let infos = folders
            .iter()
            .filter(|folder| folder.ends_with(".dist-info"));
        let infos: Vec<_> = infos.map(ToString::to_string).collect();
        let own = dist_info.trim_end_matches('/').to_owned();
        if !infos.contains(&own) {
            let actual = match infos.first() {
                Some(other) => format!("has the folder {other} instead of {own}"),
                None => format!("has no folder {own}"),
            };
            self.findings
                .push(Finding::new(Code::DistInfoMissing, actual));
            return WheelFile::default();
        }
        if infos.len() > 1 {
            let actual = format!("has the folders {}", infos.join(" and "));
            self.findings.push(Finding::new(Code::DistInfoMany, actual));
        }
        let path = |name: &str| format!("{dist_info}{name}");
        let of = |name: &str| {
            let path = path(name);
            move |finding: Finding| match finding.file {
                Some(_) => finding,
                None => finding.of(&path),
            }
        };
        let files: BTreeSet<_> = self
            .files
            .contents
            .keys()
            .filter_map(|path| path.strip_prefix(&dist_info))
            .collect();
        // A file that exists but could not be read has a finding already.
        let missing = |code, name| {
            let absent = !files.contains(name) && !self.files.damaged.contains(&path(name));
            absent.then(|| Finding::new(code, format!("has no {name}")))
        };
        let absent = [
            missing(Code::MetadataMissing, "METADATA"),
            missing(Code::RecordMissing, "RECORD"),
            missing(Code::WheelMissing, "WHEEL"),
        ];
        self.findings.extend(absent.into_iter().flatten());
        if let Some(text) = self.files.texts.get("METADATA") {
            let has_license = |name: &str| files.contains(format!("licenses/{name}").as_str());
            let owner = metadata::Owner {
                name: &self.claim.name,
                version: &self.claim.version,
                licenses: ".dist-info/licenses/",
                has_license: &has_license,
            };
            let (mut found, declared) = metadata::judge(text, &owner);
            let specifiers = declared.as_ref().and_then(Declared::specifiers);
            found.extend(specifiers.and_then(|it| requires_python::judge(&it, self.claim)));
            self.findings.extend(found.into_iter().map(of("METADATA")));
            self.declared = declared;
        }
        let rows = self
            .files
            .texts
            .get("RECORD")
            .map(|text| parse_record(text));
        match rows {
            Some(Ok(mut rows)) => {
                rows.retain(|row| !self.files.damaged.contains(&row.path));
                let found = record::judge(
                    &rows,
                    &self.files.contents,
                    &self.files.strong_hashes,
                    &path("RECORD"),
                );
                self.findings.extend(found);
            }
            Some(Err(why)) => self
                .findings
                .push(of("RECORD")(Finding::new(Code::RecordUnreadable, why))),
            None => {}
        }
        if let Some(text) = self.files.texts.get("entry_points.txt") {
            let found = entry_points::judge(text, &self.claim.name);
            let found = found.into_iter().map(of("entry_points.txt"));
            self.findings.extend(found);
        }
        let Some(text) = self.files.texts.get("WHEEL") else {
            return WheelFile::default();
        };
        let mut found = Vec::new();
        let wheel = wheel_file::judge(text, self.claim, &mut found);
        self.findings.extend(found.into_iter().map(of("WHEEL")));
        wheel
    }

    /// Checks that Python can import the extension modules and the modules of the entry points.
    fn imports(&mut self) {
        let stem = self.claim.stem();
        let paths = self.files.contents.keys().chain(&self.files.damaged);
        let paths = paths.filter_map(|path| imports::installed(path, &stem));
        let modules = Modules::of(paths);
        for (path, binary) in &self.files.binaries {
            if let Some(installed) = imports::installed(path, &stem)
                && !binary.inits.is_empty()
            {
                let found = imports::shadowed(installed, &modules);
                self.findings.extend(found.map(|finding| finding.of(path)));
            }
        }
        let entry_points = self.files.text("entry_points.txt");
        let found = imports::dead_entry_points(&entry_points, self.depends(), &modules);
        let file = format!("{stem}.dist-info/entry_points.txt");
        self.findings
            .extend(found.into_iter().map(|finding| finding.of(&file)));
    }
}
