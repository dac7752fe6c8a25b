//! The kinds of items in the cache, and how items of this program are recognized.
//!
//! Entries have a manifest. Entries of versions before the manifest are recognized by their contents: the
//! RECORD of the packages that pip installed, the list of the files that a build installed, or the few names
//! that an entry of the kind has. An item that is not recognized is never removed.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use tempfile::NamedTempFile;

use super::manifest::{Listed, Manifest};
use crate::sys::fingerprint::Fingerprint;
use crate::sys::lock;
use crate::sys::owned::{self, Kind};
use crate::text::path::slashed;

/// Larger than any list or lock of ours, in bytes.
const LIMIT: u64 = 16 << 20;

/// The beginning of the file of a user's key.
pub(in crate::toolchain) const USER_KEY_HEADER: &str = "pyz3-wheel key 1\n";

/// The digest of a set of headers: their names and contents.
pub(in crate::toolchain) fn headers_digest(files: &[(PathBuf, Vec<u8>)]) -> String {
    let mut fingerprint = Fingerprint::new();
    for (name, contents) in files {
        fingerprint.add(&slashed(name), contents);
    }
    fingerprint.finish_short()
}

/// What a directory of the cache holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    /// Directories that [`super::Cache::get_or_make`] or [`super::Cache::replace`] has created.
    Entries,
    /// Files that are recognized as ours by their content.
    Files,
    /// Pythons that uv has installed.
    Pythons,
    /// Zig's own cache.
    ZigCache,
    /// uv's own cache.
    UvCache,
}

/// All kinds.
const KINDS: [(&str, Holds); 13] = [
    ("answers", Holds::Files),
    ("artifacts", Holds::Entries),
    ("build-help", Holds::Files),
    ("headers", Holds::Entries),
    ("import-libraries", Holds::Entries),
    ("launchers", Holds::Entries),
    ("outside-inputs", Holds::Entries),
    ("packages", Holds::Entries),
    ("pythons", Holds::Pythons),
    ("tools", Holds::Entries),
    ("uv-cache", Holds::UvCache),
    ("zig", Holds::Entries),
    ("zig-cache", Holds::ZigCache),
];

/// What the directory of this name holds, if it is one of ours.
pub(super) fn holds(name: &str) -> Option<Holds> {
    if cfg!(test) && name == "kind" {
        return Some(Holds::Entries);
    }
    let known = KINDS.iter().find(|(known, _)| *known == name);
    known.map(|(_, holds)| *holds)
}

/// The manifest of an entry: its own, or one that lists what an entry of an earlier version must contain.
/// `None` for a directory that is not known to be ours.
pub(super) fn manifest(kind: &str, key: &str, entry: &Path) -> Option<Manifest> {
    if !owned::is_directory(entry) {
        return None;
    }
    if let Some(manifest) = Manifest::read(entry) {
        return Some(manifest);
    }
    match kind {
        "zig" | "packages" | "tools" => installed(entry),
        "artifacts" => artifact(key, entry),
        "outside-inputs" => only(key, entry, &["names.json"]),
        "headers" => headers(key, entry),
        "import-libraries" => {
            let (name, _) = key.split_once('-')?;
            let library = format!("{name}.lib");
            let listed = name.starts_with("python3") && owned::is_file(&entry.join(&library));
            listed.then(|| Manifest::listing([(library, Listed::default())]))
        }
        "launchers" => launcher(key, entry),
        _ => None,
    }
}

/// The damage of an entry; `None` if it is unchanged.
pub(super) fn damage(kind: &str, key: &str, entry: &Path) -> Option<String> {
    match Manifest::read(entry) {
        Some(manifest) => manifest.damage(entry),
        None if Manifest::is_in(entry) => Some("its manifest cannot be read".to_owned()),
        None => {
            visible_damage(kind, key, entry).or_else(|| manifest(kind, key, entry)?.damage(entry))
        }
    }
}

/// The visible damage of an entry of an earlier version: no file of such an entry may be empty, and the name of an
/// entry of headers must contain the digest of their contents.
fn visible_damage(kind: &str, key: &str, entry: &Path) -> Option<String> {
    if kind == "headers" && headers(key, entry).is_none() {
        return Some("its headers are not the ones that it was created with".to_owned());
    }
    if !matches!(kind, "import-libraries" | "launchers") {
        return None;
    }
    let mut damage = None;
    let walked = owned::walk(entry, &mut |path, below, kind| {
        let is_empty = std::fs::symlink_metadata(path).is_ok_and(|found| found.len() == 0);
        if kind == Kind::File && is_empty {
            damage = Some(format!("{} is empty", below.display()));
        }
        damage.is_none()
    });
    damage.or_else(|| walked.err().map(|error| error.to_string()))
}

/// The manifest of what pip or uv has installed, from the RECORD of each distribution.
fn installed(entry: &Path) -> Option<Manifest> {
    let mut files = BTreeMap::new();
    for found in std::fs::read_dir(entry).ok()?.flatten() {
        let name = found.file_name().into_string().ok()?;
        if !name.ends_with(".dist-info") {
            continue;
        }
        let record = owned::read_file(&found.path().join("RECORD"), LIMIT)?;
        let mut rows = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(&*record);
        for row in rows.records() {
            let row = row.ok()?;
            // RECORD lists programs relative to a folder from which pip has moved them.
            let path = row.get(0)?.trim_start_matches("../");
            let hash = row.get(1).and_then(|hash| hash.strip_prefix("sha256="));
            let hash = hash.and_then(|hash| URL_SAFE_NO_PAD.decode(hash).ok());
            // Python can rewrite bytecode at any time.
            let is_bytecode = path.contains("__pycache__/");
            if !is_bytecode && is_below(path) {
                let listed = Listed {
                    size: row.get(2).and_then(|size| size.parse().ok()),
                    sha256: hash.map(hex::encode),
                };
                files.insert(path.to_owned(), listed);
            }
        }
        files.insert(format!("{name}/RECORD"), Listed::default());
        files.insert(format!("{name}/REQUESTED"), Listed::default());
    }
    files.retain(|path, _| !path.ends_with("/REQUESTED") || owned::is_file(&entry.join(path)));
    (!files.is_empty()).then(|| Manifest::listing(files))
}

/// The manifest of what a build has installed, from its list.
fn artifact(key: &str, entry: &Path) -> Option<Manifest> {
    #[derive(Deserialize)]
    struct List {
        files: Vec<File>,
    }
    #[derive(Deserialize)]
    struct File {
        path: String,
        size: u64,
        sha256: String,
    }
    const LIST: &str = "artifact.json";
    let list = owned::read_file(&entry.join(LIST), LIMIT)?;
    let list: List = serde_json::from_slice(&list).ok()?;
    let is_ours = is_digest(key.split('-').next()?, 64) && !list.files.is_empty();
    let files = list.files.into_iter().map(|file| {
        let listed = Listed {
            size: Some(file.size),
            sha256: Some(file.sha256),
        };
        (file.path, listed)
    });
    let files: Vec<_> = files.filter(|(path, _)| is_below(path)).collect();
    let list = (LIST.to_owned(), Listed::default());
    is_ours.then(|| Manifest::listing(files.into_iter().chain([list])))
}

fn only(key: &str, entry: &Path, names: &[&str]) -> Option<Manifest> {
    let is_ours = is_digest(key, 64) && names.iter().all(|name| owned::is_file(&entry.join(name)));
    let names = names
        .iter()
        .map(|name| ((*name).to_owned(), Listed::default()));
    is_ours.then(|| Manifest::listing(names))
}

/// Headers, whose key is the digest of all of them.
fn headers(key: &str, entry: &Path) -> Option<Manifest> {
    let manifest = Manifest::of(entry).ok()?;
    let names = manifest.files.keys().map(|name| Path::new(name).to_owned());
    let files = names
        .map(|name| Some((name.clone(), owned::read_file(&entry.join(&name), LIMIT)?)))
        .collect::<Option<Vec<_>>>()?;
    let (_, digest) = key.rsplit_once('-')?;
    let is_ours = manifest.links.is_empty() && headers_digest(&files) == digest;
    is_ours.then(|| Manifest::listing(manifest.files))
}

/// The manifest of the virtual environment of a launcher on Unix. On Windows Python creates it, and its
/// names are not known.
fn launcher(key: &str, entry: &Path) -> Option<Manifest> {
    let (version, _) = key.split_once('-')?;
    let plain = version.trim_end_matches('t');
    let names = ["python", "python3", &format!("python{plain}")];
    let packages = format!("lib/python{version}/site-packages");
    let mut files = vec!["pyvenv.cfg".to_owned()];
    for name in [
        "pyz3_wheel_target.py",
        "pyz3_wheel_target.pth",
        "target.json",
    ] {
        files.push(format!("{packages}/{name}"));
    }
    for name in names {
        files.push(format!("wrappers/{name}"));
        files.push(format!("wrappers/{name}-config"));
    }
    // Some versions had no wrappers.
    files.retain(|name| owned::is_file(&entry.join(name)));
    let is_ours = files.len() >= 4 && is_digest(key.rsplit('-').next()?, 16);
    let mut manifest = Manifest::listing(files.into_iter().map(|name| (name, Listed::default())));
    for name in names.map(|name| format!("bin/{name}")) {
        if let Ok(target) = std::fs::read_link(entry.join(&name)) {
            let target = target.to_string_lossy().into_owned();
            manifest.links.insert(name, target);
        }
    }
    manifest.directories.insert("bin".to_owned());
    is_ours.then_some(manifest)
}

/// Whether a relative path stays below its base directory.
fn is_below(path: &str) -> bool {
    let mut parts = Path::new(path).components();
    parts.all(|part| matches!(part, std::path::Component::Normal(_)))
}

/// Whether the file at a path is the lock of an entry.
pub(super) fn is_lock(kind: &str, path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let key = name
        .strip_prefix('.')
        .and_then(|name| name.strip_suffix(".lock"));
    let content = owned::read_file(path, 1000);
    let is_ours = content.is_some_and(|content| lock::is_content(&content));
    is_ours && key.is_some_and(|key| is_key(kind, key))
}

/// Whether the name is one that entries of this kind have.
fn is_key(kind: &str, key: &str) -> bool {
    let starts_with_digit = key.starts_with(|first: char| first.is_ascii_digit());
    let ends_with_digest = key.rsplit('-').next().is_some_and(|end| is_digest(end, 16));
    let first = key.split('-').next().unwrap_or_default();
    match kind {
        "zig" => starts_with_digit || (first == "range" && ends_with_digest),
        "headers" | "launchers" => starts_with_digit && ends_with_digest,
        "import-libraries" => first.starts_with("python3") && key.contains("-zig"),
        "artifacts" | "outside-inputs" => is_digest(first, 64),
        "packages" => key.contains('-'),
        "pythons" => first == "cpython",
        "tools" => first == "uv",
        _ => cfg!(test) && kind == "kind",
    }
}

/// Whether a file of a kind that holds files is ours, by its content.
pub(super) fn is_own_file(kind: &str, path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let Some(content) = owned::read_file(path, LIMIT) else {
        return false;
    };
    let json = || serde_json::from_slice::<serde_json::Value>(&content).ok();
    if kind == "answers" {
        if is_temporary(&name) {
            // A run that was killed while it was writing has left this file.
            return content.starts_with(b"{\"question\":")
                || content.starts_with(USER_KEY_HEADER.as_bytes());
        }
        if name.ends_with(".key") {
            return content.starts_with(USER_KEY_HEADER.as_bytes());
        }
        let question = json().and_then(|json| Some(json.get("question")?.as_str()?.to_owned()));
        return question.is_some_and(|question| {
            let digest = crate::sys::fingerprint::short(question);
            name == format!("{digest}.json")
        });
    }
    let digest = name.strip_suffix(".json");
    let is_named = digest.is_some_and(|digest| is_digest(digest, 64));
    let has_options = || json().is_some_and(|json| json.get("reads_zig_target").is_some());
    // Written in place: a run that was killed has left nothing, or a part.
    is_named && (content.is_empty() || has_options())
}

const PREFIX: &str = ".pyz3-wheel-";
const SUFFIX: &str = ".tmp";

/// Creates a temporary file, whose name [`is_temporary`] recognizes if a run is killed.
pub(super) fn temporary_file(dir: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new()
        .prefix(PREFIX)
        .suffix(SUFFIX)
        .tempfile_in(dir)
}

/// Whether this is a name that the temporary files of this version or an earlier one have.
fn is_temporary(name: &str) -> bool {
    let random = name
        .strip_prefix(PREFIX)
        .and_then(|name| name.strip_suffix(SUFFIX));
    let random = random.or_else(|| name.strip_prefix(".tmp"));
    random.is_some_and(owned::is_random)
}

/// Whether the text consists of exactly this many lowercase hexadecimal digits.
pub(crate) fn is_digest(text: &str, length: usize) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    text.len() == length && text.bytes().all(is_digit)
}
