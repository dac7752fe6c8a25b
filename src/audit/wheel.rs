//! Checks a whole wheel against its file name.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Seek, SeekFrom};

use rawzip::{FileReader, ReaderAt};

use super::claim::Claim;
use super::code::{Code, Severity};
use super::container::archive::Archive;
use super::container::wheel_file::WheelFile;
use super::container::{
    contents, entry_points, imports, metadata, name, paths, places, record, requires_python,
    wheel_file,
};
use super::declared::{Declared, Examined};
use super::finding::{Finding, first_of_each, sort};
use super::loaded::loaded;
use super::memory::Share;
use super::rules::search_paths::{self, Libraries};
use super::rules::{Promise, Shipped, free_threaded, judge, module, not_a_library};
use super::unpack::Unpacked;
use super::upload;
use super::variants::{Variants, stale_files};
use crate::binary::Kind;
use crate::metadata::modules::Modules;
use crate::tags::Os;
use crate::wheel::record::parse as parse_record;

/// Checks the wheel with this file name. An error means that the file cannot be read.
pub(super) fn check(filename: &str, file: &File) -> io::Result<Examined> {
    Ok(check_file(filename, file, |_, _, _| ())?.0)
}

/// Checks a wheel; then also looks at the wheel with its findings, unless its name or the archive cannot be read.
pub(super) fn check_file<T>(
    filename: &str,
    file: &File,
    then: impl FnOnce(&mut Check<'_>, &Archive<FileReader>, &[Finding]) -> T,
) -> io::Result<(Examined, Option<T>)> {
    let mut file = file.try_clone()?;
    let length = file.seek(SeekFrom::End(0))?;
    Ok(check_reader(filename, FileReader::from(file), length, then))
}

/// Checks a wheel in memory.
pub(super) fn check_bytes(filename: &str, bytes: &[u8]) -> Examined {
    check_reader(filename, bytes, bytes.len() as u64, |_, _, _| ()).0
}

fn check_reader<R: ReaderAt, T>(
    filename: &str,
    reader: R,
    length: u64,
    then: impl FnOnce(&mut Check<'_>, &Archive<R>, &[Finding]) -> T,
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
            let further = then(&mut check, &archive, &findings);
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
        findings.extend(empty_folders(archive));
        let dist_info = format!("{}.dist-info/", claim.stem());
        let files = Unpacked::read(archive, &dist_info, memory, &mut findings);
        Self {
            claim,
            findings,
            files,
        }
    }

    fn run(&mut self) -> Examined {
        // The rules need about as much memory as the files of a wheel that has the turn.
        let memory = &self.files.memory;
        let _loan = memory.has_turn().then(|| memory.borrow(usize::MAX));
        let wheel = self.own_files();
        self.files.texts.remove("RECORD");
        let (files, stem) = (&self.files, self.claim.stem());
        let metadata = files.texts.get("METADATA");
        let depends = metadata.is_some_and(|text| imports::has_dependencies(text));
        let contents = contents::judge(&files.contents, &stem, depends);
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
        self.native(&wheel);
        let declared = self.files.texts.get("METADATA");
        let declared = declared.and_then(|text| Declared::parse(text));
        sort(&mut self.findings);
        (first_of_each(std::mem::take(&mut self.findings)), declared)
    }

    /// What is found in the name and in the binaries if the wheel has this name and this WHEEL.
    pub(super) fn under(&mut self, claim: &Claim, wheel: &WheelFile) -> Vec<Finding> {
        let mut check = Check {
            claim,
            findings: name::judge(claim),
            files: std::mem::take(&mut self.files),
        };
        check.native(wheel);
        self.files = check.files;
        check.findings
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
            let mut found = metadata::judge(text, &owner);
            let requires = metadata::requires_python(text);
            found.extend(requires.and_then(|it| requires_python::judge(&it, self.claim)));
            self.findings.extend(found.into_iter().map(of("METADATA")));
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
        let metadata = self
            .files
            .texts
            .get("METADATA")
            .map_or(&[][..], Vec::as_slice);
        let entry_points = self.files.text("entry_points.txt");
        let found = imports::dead_entry_points(&entry_points, metadata, &modules);
        let file = format!("{stem}.dist-info/entry_points.txt");
        self.findings
            .extend(found.into_iter().map(|finding| finding.of(&file)));
    }

    /// Whether there are libraries for Linux, macOS and Windows: the package chooses one at run time.
    fn has_libraries_for_all_systems(&self) -> bool {
        [Os::Linux, Os::Macos, Os::Windows].into_iter().all(|os| {
            let mut binaries = self.files.binaries.iter();
            binaries.any(|(_, binary)| binary.kind == Kind::SharedLibrary && binary.os == Some(os))
        })
    }

    /// Checks every binary against the tags, and whether the tags need a binary at all.
    fn native(&mut self, wheel: &WheelFile) {
        let is_any = self.claim.platforms.iter().all(|tag| tag == "any");
        let binaries = self.files.binaries.iter();
        let mut shipped = Shipped::of(binaries.map(|(path, binary)| (path.as_str(), binary)));
        // By file name, because a binary that cannot be read is a binary too.
        for path in self.files.contents.keys() {
            shipped.add(path.rsplit('/').next().unwrap_or(path));
        }
        if self.files.shares_symbols {
            shipped.share_symbols();
        }
        let promise = Promise::of(self.claim, shipped, wheel.cpu_baseline);
        let variants = Variants::of(&self.files.binaries, self.claim, || {
            metadata::requires_python(self.files.texts.get("METADATA")?)
        });
        let loaded = loaded(&self.files.binaries, |binary| promise.is_for(binary));
        let some_fits = self
            .files
            .binaries
            .iter()
            .any(|(_, binary)| binary.kind == Kind::SharedLibrary && promise.is_for(binary));
        let some_native_fits = self
            .files
            .binaries
            .iter()
            .any(|(_, binary)| promise.is_for(binary));
        let is_for_all_systems = is_any && self.has_libraries_for_all_systems();
        let stem = self.claim.stem();
        let scripts = format!("{stem}.data/scripts/");
        let prefix_files = format!("{stem}.data/data/");
        let libraries = Libraries::of(&self.files.binaries, &stem);
        let mut findings = self.not_libraries(&variants);
        let refused = findings.iter().filter_map(|finding| finding.file.clone());
        let not_libraries: BTreeSet<_> = refused.collect();
        let mut stale = Vec::new();
        for ((path, binary), is_loaded) in self.files.binaries.iter().zip(loaded) {
            let is_stale = promise.is_for(binary) && variants.is_stale(path);
            stale.extend(is_stale.then_some(path.as_str()));
            // A library for another process or system: no binary for the tags loads it, and other binaries
            // match the tags.
            let is_data = some_fits && !is_loaded;
            // It is installed outside the module search path: a program that links it may provide its symbols.
            let is_for_others = path.starts_with(&prefix_files);
            let own = judge(binary, &promise)
                .into_iter()
                .chain(module::judge(
                    binary,
                    path,
                    self.claim,
                    variants.are_found(path),
                ))
                .chain(free_threaded::judge(binary, path, &promise))
                .chain(search_paths::judge(
                    binary, path, &stem, &libraries, &promise,
                ))
                .chain(search_paths::unreachable(binary, path, &stem, &libraries));
            // Programs that are installed to be run are not data, and neither are the only binaries of a wheel.
            let is_script = path.starts_with(&scripts) || (!is_any && !some_native_fits);
            // The symbols of a stale module do not matter: the Pythons of the tags load another file.
            let own = own.filter(|finding| !(is_stale && is_about_python(finding.code)));
            // The loader takes a library in such a folder only where the processor fits.
            let is_chosen = path.split('/').any(|folder| folder == "glibc-hwcaps");
            let own = own.filter(|finding| match finding.code {
                Code::IsaLevel => !is_chosen,
                Code::CpuBaseline => !is_chosen && !names_instruction_set(path),
                _ => true,
            });
            // Another system or machine is no second cause.
            let is_no_library = not_libraries.contains(path);
            let own = own.filter(|finding| !(is_no_library && is_elsewhere(finding.code)));
            findings.extend(own.map(|finding| {
                let finding = finding.of(path);
                let elsewhere = is_elsewhere(finding.code);
                let is_open = finding.code == Code::UndefinedSymbol && is_for_others;
                let is_optional = is_for_all_systems
                    && matches!(finding.code, Code::NativeInPure | Code::PythonWithoutAbi);
                if elsewhere && is_script {
                    finding.weighing(Severity::Error)
                } else if is_open || is_optional || (elsewhere && is_data) {
                    finding.weighing(Severity::Warning)
                } else {
                    finding
                }
            }));
        }
        findings.extend(stale_files(&stale, &self.files.contents, self.claim));
        if !is_any {
            let binaries = self.files.binaries.iter();
            let libraries = binaries.filter(|(_, binary)| binary.kind == Kind::SharedLibrary);
            let libraries = libraries.map(|(path, _)| path.as_str());
            let purelib = wheel.root_is_purelib;
            findings.extend(places::native_in_purelib(libraries, &stem, purelib));
        }
        // For a platform without rules, native code cannot be recognized.
        let judged = !self.claim.platform_tags().is_empty();
        if !self.files.has_native && judged && !is_any {
            let tags = self.claim.platforms.join(".");
            findings.push(Finding::new(
                Code::NoNativeCode,
                format!("has the platform tag {tags} but no native code"),
            ));
        }
        if is_any && !self.files.has_native && wheel.root_is_purelib == Some(false) {
            findings.push(
                Finding::new(Code::PureInPlatlib, "has no native code")
                    .promised("WHEEL says Root-Is-Purelib: false")
                    .weighing(Severity::Warning),
            );
        }
        self.findings.extend(findings);
    }

    /// Finds files that the Pythons of the tags load as extension modules, but that are not shared libraries.
    fn not_libraries(&self, variants: &Variants) -> Vec<Finding> {
        let stem = self.claim.stem();
        let others = self.files.not_binaries.iter();
        let others = others.map(|(path, contents)| (path, *contents));
        let binaries = self.files.binaries.iter();
        let binaries = binaries
            .filter_map(|(path, binary)| Some((path, not_a_library::Contents::of_binary(binary)?)));
        let looked_for = others
            .chain(binaries)
            .filter(|(path, _)| variants.are_looked_for(path, self.claim));
        looked_for
            .filter_map(|(path, contents)| {
                let installed = imports::installed(path, &stem)?;
                Some(not_a_library::judge(installed, contents, self.claim)?.of(path))
            })
            .collect()
    }
}

/// Whether the check says that a binary is for another system or machine than the tags.
fn is_elsewhere(code: Code) -> bool {
    matches!(
        code,
        Code::WrongSystem | Code::WrongMachine | Code::WrongLibc | Code::NativeInPure
    )
}

/// Finds folders that have an entry but contain no file.
fn empty_folders<R: ReaderAt>(archive: &Archive<R>) -> Option<Finding> {
    let files: BTreeSet<_> = archive
        .entries
        .iter()
        .filter(|entry| !entry.is_folder)
        .map(|entry| entry.name.as_str())
        .collect();
    let is_empty = |folder: &str| {
        let mut from = files.range(folder..);
        from.next().is_none_or(|file| !file.starts_with(folder))
    };
    let folders = archive.entries.iter().filter(|entry| entry.is_folder);
    let empty: Vec<_> = folders.filter(|entry| is_empty(&entry.name)).collect();
    let first = empty.first()?;
    let actual = match empty.len() {
        1 => "is an empty folder".to_owned(),
        count => format!("is an empty folder, as are {} more", count - 1),
    };
    let finding = Finding::new(Code::ZipFolder, actual).of(&first.name);
    // The folder for libraries that older releases of auditwheel make for every wheel.
    let is_for_libraries = empty.iter().all(|entry| entry.name.ends_with(".libs/"));
    Some(if is_for_libraries {
        finding.weighing(Severity::Note)
    } else {
        finding
    })
}

/// Whether the name of a file says that its code is for processors with AVX, like `metrics_cpp_avx2.pyd`: a
/// package with such a file chooses between it and another file.
fn names_instruction_set(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.to_ascii_lowercase()
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .any(|word| word.starts_with("avx"))
}

/// Whether a check is about how a binary works together with Python.
fn is_about_python(code: Code) -> bool {
    matches!(
        code,
        Code::UndefinedSymbol
            | Code::PythonWithoutAbi
            | Code::NoPythonDll
            | Code::WrongPythonDll
            | Code::NotStableAbi
            | Code::NoInit
            | Code::WrongInit
            | Code::EnablesGil
            | Code::ZeroedDefinition
    )
}
