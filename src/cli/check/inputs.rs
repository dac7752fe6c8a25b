//! Resolves the arguments of `check` to files: paths, folders, patterns, and releases on an index.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use globset::GlobBuilder;
use walkdir::WalkDir;

use crate::cli::session::Session;
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::sys::scratch::Scratch;
use crate::toolchain::{Cache, PinnedRelease};

/// The endings of the files of a folder that are checked.
const ENDINGS: [&str; 2] = [".whl", ".tar.gz"];

/// A file to check.
#[derive(Debug)]
pub(super) struct Input {
    /// Where it is.
    pub(super) path: PathBuf,
    /// What the report calls it.
    pub(super) display_path: PathBuf,
}

/// All files to check.
#[derive(Default)]
pub(super) struct Inputs {
    pub(super) files: Vec<Input>,
    /// Why other inputs cannot be checked.
    pub(super) problems: Vec<Problem>,
    /// The folders of downloads, which are removed when this is dropped.
    downloads: Vec<Scratch>,
}

impl Inputs {
    /// Finds the files, and downloads those of releases.
    pub(super) fn of(
        session: &Session,
        typed: &[PathBuf],
        index_url: Option<&str>,
    ) -> Result<Self> {
        let typed: Vec<_> = typed.iter().map(|path| (path, release(path))).collect();
        if index_url.is_some() && typed.iter().all(|(_, release)| release.is_none()) {
            let problem = Problem::new("--index-url has no effect without NAME==VERSION");
            let hint = "name a release, for example numpy==2.1.0, or remove --index-url";
            return Err(Error::config(problem.hint(hint)));
        }
        let mut inputs = Self::default();
        let mut cache = None;
        let mut releases = Vec::new();
        for (path, release) in typed {
            match release {
                Some(release) if releases.contains(&release) => {}
                Some(release) => {
                    let cache = match &mut cache {
                        Some(cache) => cache,
                        none => none.insert(session.cache(session.cache_dir(None)?.as_deref())?),
                    };
                    inputs.add_release(&release, index_url, cache, session)?;
                    releases.push(release);
                }
                None => match on_disk(path) {
                    Ok(paths) => inputs.files.extend(paths.into_iter().map(Input::local)),
                    Err(problem) => inputs.problems.push(problem),
                },
            }
        }
        inputs.drop_repeated();
        Ok(inputs)
    }

    /// Drops files that are given again, also by another path.
    fn drop_repeated(&mut self) {
        let mut seen = BTreeSet::new();
        self.files.retain(|input| {
            let folder = input.path.parent().unwrap_or(Path::new(""));
            let folder = std::fs::canonicalize(Path::new(".").join(folder));
            // Links to the same file are different inputs, because the filename is checked too.
            let name = input.path.file_name().unwrap_or_default();
            seen.insert(folder.map_or_else(|_| input.path.clone(), |folder| folder.join(name)))
        });
    }

    fn add_release(
        &mut self,
        release: &PinnedRelease,
        index_url: Option<&str>,
        cache: &Cache,
        session: &Session,
    ) -> Result<()> {
        let folder = Scratch::temporary()?;
        let note = |text: &str| session.note(text);
        match release.download(index_url, folder.path(), cache, &note) {
            Ok(files) => {
                let files = files.into_iter().map(|path| Input {
                    display_path: path.file_name().map(PathBuf::from).unwrap_or_default(),
                    path,
                });
                self.files.extend(files);
                self.downloads.push(folder);
                Ok(())
            }
            // The other inputs are checked all the same.
            Err(error) if error.kind() != ErrorKind::Interrupted => {
                self.problems.extend(error.into_problems());
                Ok(())
            }
            Err(error) => Err(error),
        }
    }
}

impl Input {
    fn local(path: PathBuf) -> Self {
        Self {
            display_path: path.clone(),
            path,
        }
    }
}

/// The release that an argument names, unless a file has this name.
fn release(path: &Path) -> Option<PinnedRelease> {
    let text = path.to_str().filter(|_| !path.exists());
    text.and_then(|text| text.parse().ok())
}

fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?', '['])
}

fn is_distribution(name: &str) -> bool {
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// The files that a path stands for: itself, those of a folder, or those that match a pattern.
fn on_disk(path: &Path) -> Result<Vec<PathBuf>, Problem> {
    if path.is_dir() {
        return in_folder(path);
    }
    if path.exists() {
        return Ok(vec![path.to_owned()]);
    }
    let text = path.to_string_lossy();
    let release = "write NAME==VERSION, like numpy==2.1.0";
    if text.contains("://") {
        let hint = format!("download the file first; for a release on a package index, {release}");
        return Err(Problem::new("URLs are not supported").at(text).hint(hint));
    }
    if is_pattern(&text) {
        return matching(path);
    }
    if !is_distribution(&text) {
        let hint = format!("check the path; for a release on a package index, {release}");
        return Err(Problem::new(format!("`{text}` does not exist")).hint(hint));
    }
    Ok(vec![path.to_owned()])
}

fn in_folder(folder: &Path) -> Result<Vec<PathBuf>, Problem> {
    let unreadable = |error: std::io::Error| {
        Problem::new(format!("cannot be read: {error}")).at(folder.display())
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if is_distribution(&name) && path.is_file() {
            files.push(path);
        }
    }
    if files.is_empty() {
        let message = "the folder has no wheels or sdists";
        let hint = "give a folder with .whl or .tar.gz files; folders in it are not searched";
        return Err(Problem::new(message).at(folder.display()).hint(hint));
    }
    files.sort();
    Ok(files)
}

/// Expands a pattern. Windows shells pass patterns through.
fn matching(pattern: &Path) -> Result<Vec<PathBuf>, Problem> {
    let text = pattern.to_string_lossy();
    let invalid = |error: globset::Error| {
        let message = format!("is not a valid pattern: {}", error.kind());
        Problem::new(message)
            .at(&text)
            .hint("quote the path, or give the folder")
    };
    let mut root = PathBuf::new();
    let mut parts = pattern.components().peekable();
    // The name of a folder may have the characters of a pattern.
    while let Some(part) = parts.next_if(|part| {
        !is_pattern(&part.as_os_str().to_string_lossy()) || root.join(part).is_dir()
    }) {
        root.push(part);
    }
    let rest: PathBuf = parts.collect();
    let glob = GlobBuilder::new(&rest.to_string_lossy())
        .literal_separator(true)
        .build();
    let glob = glob.map_err(invalid)?.compile_matcher();
    let depth = rest.components().count();
    // `**` stands for any number of folders.
    let deep = rest.components().filter(|part| part.as_os_str() == "**");
    let deep = deep.count();
    let deepest = if deep > 0 { usize::MAX } else { depth };
    let start = Path::new(".").join(&root);
    let entries = WalkDir::new(&start)
        .min_depth(depth - deep)
        .max_depth(deepest)
        .sort_by_file_name();
    let files = entries.into_iter().filter_map(|entry| {
        let path = entry.ok()?.into_path();
        let below = path.strip_prefix(&start).ok()?;
        (glob.is_match(below) && path.is_file()).then(|| root.join(below))
    });
    let files: Vec<_> = files.collect();
    if files.is_empty() {
        let message = "no file matches the pattern";
        let hint = "check the pattern, or give the folder";
        return Err(Problem::new(message).at(&text).hint(hint));
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_and_patterns_stand_for_files() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::fs::create_dir_all(root.join("a/b.whl")).unwrap();
        std::fs::create_dir_all(root.join("empty")).unwrap();
        for name in ["a/x.whl", "a/x.tar.gz", "a/x.txt", "a/b.whl/y.whl"] {
            std::fs::write(root.join(name), "").unwrap();
        }
        let found = |path: &str| {
            let paths = on_disk(&root.join(path))?;
            let below = paths.iter().map(|path| path.strip_prefix(root).unwrap());
            Ok::<_, Problem>(
                below
                    .map(|path| path.to_str().unwrap().replace('\\', "/"))
                    .collect::<Vec<_>>(),
            )
        };
        assert_eq!(found("a").unwrap(), ["a/x.tar.gz", "a/x.whl"]);
        assert_eq!(found("a/*.whl").unwrap(), ["a/x.whl"]);
        assert_eq!(
            found("*/x.*").unwrap(),
            ["a/x.tar.gz", "a/x.txt", "a/x.whl"]
        );
        assert_eq!(found("**/*.whl").unwrap(), ["a/b.whl/y.whl", "a/x.whl"]);
        assert_eq!(found("gone.whl").unwrap(), ["gone.whl"]);
        assert!(found("empty").unwrap_err().message.contains("no wheels"));
        assert!(found("b*").unwrap_err().message.contains("no file matches"));
        assert!(
            found("[")
                .unwrap_err()
                .message
                .contains("not a valid pattern")
        );
        for text in [
            "no-such-file",
            "numpy==",
            "numpy>=2",
            "numpy@2.0",
            "no-such-dir/",
        ] {
            let problem = on_disk(Path::new(text)).unwrap_err();
            assert_eq!(problem.message, format!("`{text}` does not exist"));
            assert!(problem.hint.unwrap().contains("write NAME==VERSION"));
        }
        let url = on_disk(Path::new("https://example.org/x.whl")).unwrap_err();
        assert_eq!(url.message, "URLs are not supported");
    }

    #[test]
    fn folders_may_be_named_like_patterns() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for name in ["d[1]", "d1"] {
            std::fs::create_dir(root.join(name)).unwrap();
            std::fs::write(root.join(name).join("x.whl"), "").unwrap();
        }
        let found = |path: &str| on_disk(&root.join(path)).unwrap();
        assert_eq!(found("d[1]/*.whl"), [root.join("d[1]/x.whl")]);
        assert_eq!(found("d[12]/*.whl"), [root.join("d1/x.whl")]);
        assert_eq!(found("d1//*.whl"), [root.join("d1/x.whl")]);
    }
}
