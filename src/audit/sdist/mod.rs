//! Checks a source distribution: its name, its archive, and the files that installers and indexes read.
//!
//! Rules for paths, metadata and single files are those of wheels. Nothing is unpacked to disk or run. Sources:
//! PyPA, "Source distribution format"; PEP 517, PEP 518, PEP 625, PEP 643, PEP 706, PEP 721.

mod archive;
mod name;
mod pyproject;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom};
use std::path::Path;

use archive::{Contents, Kind, Member};
pub(super) use name::{SdistName, is_source};

use super::claim::Systems;
use super::code::{Code, Severity};
use super::container::{contents, metadata, paths};
use super::declared::{Declared, Examined};
use super::finding::{Finding, MOST_COUNTED, first_of_each, sort};
use super::memory::Share;
use super::upload;
use crate::project::{CHECKOUTS, find_named_secret};

/// The folders in which files of credentials are made up.
const EXAMPLES: [&str; 8] = [
    "doc", "docs", "example", "examples", "fixtures", "test", "testing", "tests",
];

/// Checks the source distribution with this file name; gives all findings and what its metadata declares. An
/// error means that the file cannot be read.
pub(super) fn check(filename: &str, file: &File) -> io::Result<Examined> {
    let mut file = file.try_clone()?;
    let length = file.seek(SeekFrom::End(0))?;
    file.rewind()?;
    Ok(check_reader(filename, file, length))
}

/// Checks a source distribution in memory.
pub(super) fn check_bytes(filename: &str, bytes: &[u8]) -> Examined {
    check_reader(filename, bytes, bytes.len() as u64)
}

fn check_reader<R: Read>(filename: &str, reader: R, length: u64) -> Examined {
    let mut findings = Vec::new();
    let name = match SdistName::parse(filename, &mut findings) {
        Ok(name) => name,
        Err(fatal) => return (vec![fatal], None),
    };
    findings.extend(upload::judge(length));
    let mut memory = Share::default();
    let mut declared = None;
    match archive::read(reader, length, &mut memory, &mut findings) {
        Ok(contents) => {
            let sdist = Sdist::of(&name, &contents);
            findings.extend(sdist.judge());
            let info = contents.texts.get(&sdist.path("PKG-INFO"));
            declared = info.and_then(|text| Declared::parse(text)?.to_keep());
        }
        Err(fatal) => findings.push(fatal),
    }
    sort(&mut findings);
    (first_of_each(findings), declared)
}

/// A source distribution that is being checked.
struct Sdist<'a> {
    name: &'a SdistName,
    contents: &'a Contents,
    /// The first part of every path.
    tops: BTreeSet<&'a str>,
    /// The paths of everything that is not a folder.
    files: HashSet<&'a str>,
}

impl<'a> Sdist<'a> {
    fn of(name: &'a SdistName, contents: &'a Contents) -> Self {
        let members = contents.members.iter();
        let files = members.clone().filter(|member| member.kind != Kind::Folder);
        let tops = members.filter_map(|member| member.path.split('/').next());
        Self {
            name,
            contents,
            tops: tops.collect(),
            files: files.map(|member| member.path.as_str()).collect(),
        }
    }

    fn members(&self) -> impl Iterator<Item = &'a Member> + Clone + use<'a> {
        self.contents.members.iter()
    }

    /// The path of a file in the top folder.
    fn path(&self, name: &str) -> String {
        let top = self.tops.first().filter(|_| self.tops.len() == 1);
        format!("{}/{name}", top.unwrap_or(&self.name.stem.as_str()))
    }

    fn judge(&self) -> Vec<Finding> {
        let names = self.members().filter(|member| member.kind != Kind::Folder);
        let names = names.map(|member| member.path.as_str());
        let mut findings = paths::judge(names.clone(), Systems::ALL);
        let is_unsafe = |code| matches!(code, Code::PathAbsolute | Code::PathTraversal);
        if findings.iter().any(|finding| is_unsafe(finding.code)) {
            // Installers stop, and it is not clear where the other files would be.
            return findings;
        }
        findings.extend(self.top_folder());
        if self.contents.members.is_empty() {
            return findings;
        }
        findings.extend(contents::bytecode(names));
        findings.extend(self.members_alone().take(MOST_COUNTED));
        findings.extend(self.duplicates().take(MOST_COUNTED));
        findings.extend(links(&self.contents.members).take(MOST_COUNTED));
        findings.extend(self.leftovers());
        findings.extend(self.metadata());
        findings.extend(self.build_system());
        findings
    }

    fn has(&self, path: &str) -> bool {
        self.files.contains(path)
    }

    /// Everything must be in one folder with the name of the sdist.
    fn top_folder(&self) -> Option<Finding> {
        let expected = format!("everything must be in one folder named {}", self.name.stem);
        let refuse = |actual: String| {
            let finding = Finding::new(Code::SdistFolder, actual).promised(&expected);
            finding.hint("let the build tool make the sdist, or pack that folder alone")
        };
        let is_file = |member: &Member| !member.path.contains('/') && member.kind != Kind::Folder;
        if let Some(file) = self.members().find(|member| is_file(member)) {
            return Some(refuse("is a file at top level".to_owned()).of(&file.path));
        }
        let mut tops = self.tops.iter();
        match (tops.next(), tops.next()) {
            (None, _) => Some(refuse("has no files".to_owned())),
            (Some(top), None) if *top == self.name.stem => None,
            (Some(top), None) => {
                let finding = refuse(format!("has the top-level folder {top}"));
                Some(finding.weighing(Severity::Warning))
            }
            (Some(first), Some(second)) => {
                let count = self.tops.len();
                let actual =
                    format!("has {count} top-level folders, for example {first} and {second}");
                Some(refuse(actual))
            }
        }
    }

    /// Checks the type and the permissions of each member.
    fn members_alone(&self) -> impl Iterator<Item = Finding> {
        self.members().filter_map(|member| {
            let finding = match member.kind {
                Kind::Special => {
                    let actual = "is neither a file nor a folder nor a link";
                    Finding::new(Code::PathNotRegular, actual).hint("leave it out of the sdist")
                }
                // Installers drop these permissions. On folders they are a setting of the file system.
                Kind::File if member.mode & 0o7000 != 0 => {
                    let actual = format!("has the mode {:o}", member.mode);
                    let finding = Finding::new(Code::PathMode, actual);
                    let hint =
                        "remove the bits for setuid, setgid and sticky before you pack the file";
                    finding.weighing(Severity::Warning).hint(hint)
                }
                _ => return None,
            };
            Some(finding.of(&member.path))
        })
    }

    fn duplicates(&self) -> impl Iterator<Item = Finding> {
        let mut seen = HashSet::new();
        let files = self.members().filter(|member| member.kind != Kind::Folder);
        files.filter_map(move |member| {
            let actual = "is in the archive more than once: the last one counts";
            (!seen.insert(&member.path))
                .then(|| Finding::new(Code::SdistDuplicate, actual).of(&member.path))
                .map(|finding| finding.hint("pack each file once"))
        })
    }

    /// Files that do not belong in a package: data of version control systems, and credentials.
    fn leftovers(&self) -> Vec<Finding> {
        let mut checkouts = BTreeSet::new();
        let mut secrets = BTreeSet::new();
        for member in self.members() {
            let mut folders = member
                .path
                .match_indices('/')
                .map(|(at, _)| &member.path[..at]);
            let is_checkout =
                |folder: &&str| CHECKOUTS.contains(&folder.rsplit('/').next().unwrap_or(folder));
            if let Some(folder) = folders.find(is_checkout) {
                checkouts.insert(folder);
            } else if let Some(secret) =
                find_named_secret(Path::new(&member.path), member.kind == Kind::Folder)
            {
                secrets.extend(secret.to_str());
            }
        }
        let checkout = |path: &str| {
            let actual = "is the folder of a version control system";
            let finding = Finding::new(Code::SdistCheckout, actual).of(path);
            finding.hint("exclude the folder in the configuration of the build tool")
        };
        let secret = |path: &str| {
            let actual = "may hold passwords, tokens or private keys";
            let mut folders = path.split('/');
            let severity = if folders.any(|folder| EXAMPLES.contains(&folder)) {
                Severity::Note
            } else {
                Severity::Warning
            };
            Finding::new(Code::SecretFile, actual)
                .of(path)
                .weighing(severity)
                .hint("leave the file out, and replace the credentials if the sdist was published")
        };
        let checkouts = checkouts.into_iter().map(checkout);
        let secrets = secrets.into_iter().map(secret);
        checkouts.chain(secrets).take(MOST_COUNTED).collect()
    }

    /// Checks PKG-INFO by the rules for METADATA.
    fn metadata(&self) -> Vec<Finding> {
        let path = self.path("PKG-INFO");
        let Some(text) = self.contents.texts.get(&path) else {
            let missing = Finding::new(Code::MetadataMissing, "has no PKG-INFO")
                .hint("let the build tool make the sdist: it writes PKG-INFO");
            // A file that could not be read has a finding already.
            return (!self.has(&path)).then_some(missing).into_iter().collect();
        };
        let has_license = |name: &str| self.has(&self.path(name));
        let owner = metadata::Owner {
            name: &self.name.name,
            version: &self.name.version,
            licenses: "the sdist",
            has_license: &has_license,
        };
        let (mut findings, declared) = metadata::judge(text, &owner);
        if declared.is_some_and(|declared| declared.is_before_2_2()) {
            let actual = "has a Metadata-Version before 2.2";
            let finding = Finding::new(Code::SdistOldMetadata, actual);
            findings.push(finding.hint("update the build tool"));
        }
        findings
            .into_iter()
            .map(|finding| finding.of(&path))
            .collect()
    }

    /// Checks that an installer can tell how to build it.
    fn build_system(&self) -> Vec<Finding> {
        let path = self.path("pyproject.toml");
        if let Some(text) = self.contents.texts.get(&path) {
            let found = pyproject::judge(text, self.name);
            return found.into_iter().map(|finding| finding.of(&path)).collect();
        }
        if self.has(&path) {
            return Vec::new();
        }
        let finding = if self.has(&self.path("setup.py")) {
            let actual =
                "has no pyproject.toml, so that installers build it with the newest setuptools";
            Finding::new(Code::SdistPyproject, actual).weighing(Severity::Warning)
        } else {
            let actual =
                "has neither pyproject.toml nor setup.py, so that no installer can build it";
            Finding::new(Code::SdistPyproject, actual)
        };
        vec![finding.hint("add a pyproject.toml with the table [build-system]")]
    }
}

/// Links that installers refuse: to a place outside of the archive, or to nothing.
fn links(members: &[Member]) -> impl Iterator<Item = Finding> {
    let mut before: BTreeMap<&str, &Kind> = BTreeMap::new();
    members.iter().filter_map(move |member| {
        let why = match &member.kind {
            Kind::Symlink(target) => symlink_fault(&member.path, target),
            Kind::HardLink(target) => match before.get(target.as_str()) {
                Some(Kind::Folder) | None => Some("which is not a file before it in the archive"),
                Some(_) => None,
            },
            Kind::File | Kind::Folder | Kind::Special => None,
        };
        before.insert(&member.path, &member.kind);
        let (Kind::Symlink(target) | Kind::HardLink(target)) = &member.kind else {
            return None;
        };
        let actual = format!("is a link to `{target}`, {}", why?);
        let finding = Finding::new(Code::SdistLink, actual).of(&member.path);
        Some(finding.hint("pack the file itself, or link to a file in the sdist"))
    })
}

/// Why a symbolic link leads out of the top folder, or may do so together with other links.
fn symlink_fault(path: &str, target: &str) -> Option<&'static str> {
    let is_absolute = target.starts_with(['/', '\\']) || target.chars().nth(1) == Some(':');
    if is_absolute {
        return Some("an absolute path");
    }
    // The link is in this many folders below the top folder.
    let mut depth = path.matches('/').count().saturating_sub(1);
    let mut goes_down = false;
    for part in target.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." if goes_down => return Some("whose path goes down and then up"),
            ".." => match depth.checked_sub(1) {
                Some(above) => depth = above,
                None => return Some("which is outside of the sdist"),
            },
            _ => goes_down = true,
        }
    }
    None
}
