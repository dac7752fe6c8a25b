//! Files that appear in the source tree while zig builds: they are listed, and removed if they are binaries
//! of this build.
//!
//! Such a binary is for the platform of the last job that wrote it, but the next build or `import` could use
//! it. Other processes and the author may write to the tree at the same time, so only
//! a file with the very bytes of something that the job's zig has made is removed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::SystemTime;

use walkdir::WalkDir;

use super::workspace::JobTree;
use crate::binary::magic::Magic;
use crate::project::Project;
use crate::sys::owned;
use crate::sys::stamp::Stamp;
use crate::sys::sync::lock;
use crate::text::path::slashed;

/// The most files that one note names.
const MOST_NAMED: usize = 5;

/// The source tree before the first build, and what has come into it since.
#[derive(Debug)]
pub struct StrayFiles<'a> {
    project: &'a Project,
    output: PathBuf,
    before: BTreeMap<PathBuf, Option<Stamp>>,
    started: SystemTime,
    /// Everything that was named.
    named: Mutex<BTreeSet<String>>,
    /// The binaries that a build has put there.
    built: Mutex<BTreeSet<String>>,
}

impl<'a> StrayFiles<'a> {
    /// Lists the tree; `output` is the folder for wheels.
    pub fn new(project: &'a Project, output: &Path) -> Self {
        let started = SystemTime::now();
        let files = project.build_inputs(output);
        Self {
            project,
            started,
            output: output.to_owned(),
            before: files
                .map(|file| {
                    let stamp = Stamp::at(&file);
                    (file, stamp)
                })
                .collect(),
            named: Mutex::default(),
            built: Mutex::default(),
        }
    }

    /// Removes the binaries that a job has put into the tree, and reports the files that were not reported before.
    /// `tree` contains the files that the job has installed, and `cache` is the local cache of its zig.
    pub fn sweep(&self, tree: &JobTree, cache: &Path, note: &dyn Fn(&str)) {
        let mut outputs = None;
        let mut others = Vec::new();
        for file in self.project.build_inputs(&self.output) {
            let before = self.before.get(&file);
            if before.is_some_and(|before| *before == Stamp::at(&file)) {
                continue;
            }
            let outputs = outputs.get_or_insert_with(|| Outputs::of(tree, cache));
            // The target of a link may belong to anyone.
            let is_built = owned::is_file(&file) && is_binary(&file) && outputs.contains(&file);
            let below = file.strip_prefix(&self.project.root).unwrap_or(&file);
            let name = slashed(below);
            if is_built {
                insert(&self.built, &name);
                let text = if before.is_some() {
                    format!("the build has changed the binary {name} in the project")
                } else if std::fs::remove_file(&file).is_ok() {
                    self.remove_new_folders(&file);
                    format!("the build left the binary {name} in the project; it was removed")
                } else {
                    format!("the build left the binary {name} in the project; it cannot be removed")
                };
                if insert(&self.named, &name) {
                    note(&text);
                }
            } else if before.is_none() && insert(&self.named, &name) {
                // The author may still be writing a file that existed before.
                others.push(name);
            }
        }
        if !others.is_empty() {
            let more = others.len().saturating_sub(MOST_NAMED);
            others.truncate(MOST_NAMED);
            let mut names = others.join(", ");
            if more > 0 {
                names = format!("{names} and {more} more");
            }
            note(&format!(
                "new in the project since the build began, and left there: {names}"
            ));
        }
    }

    /// Removes the folders around a removed file that were created since the build began, as far as they
    /// are empty. Where the file system does not know when a folder was created, the folder stays.
    fn remove_new_folders(&self, file: &Path) {
        for folder in file.ancestors().skip(1) {
            let created = std::fs::symlink_metadata(folder).and_then(|found| found.created());
            let is_new = created.is_ok_and(|created| created > self.started);
            // A folder that is not empty is not removed.
            if folder == self.project.root || !is_new || std::fs::remove_dir(folder).is_err() {
                return;
            }
        }
    }

    /// The binaries that builds have put into the tree so far.
    pub fn built(&self) -> Vec<String> {
        lock(&self.built).iter().cloned().collect()
    }
}

/// Whether the name is new.
fn insert(names: &Mutex<BTreeSet<String>>, name: &str) -> bool {
    lock(names).insert(name.to_owned())
}

/// What a job's zig has made, by size.
struct Outputs(BTreeMap<u64, Vec<PathBuf>>);

impl Outputs {
    fn of(tree: &JobTree, cache: &Path) -> Self {
        let mut by_size: BTreeMap<_, Vec<_>> = BTreeMap::new();
        // A Zig cache holds outputs in `o/HASH`.
        for folder in [tree.outermost(), &cache.join("o")] {
            for entry in WalkDir::new(folder).into_iter().filter_map(Result::ok) {
                if let Some(found) = entry.metadata().ok().filter(std::fs::Metadata::is_file) {
                    by_size
                        .entry(found.len())
                        .or_default()
                        .push(entry.into_path());
                }
            }
        }
        Self(by_size)
    }

    fn contains(&self, file: &Path) -> bool {
        let Ok(bytes) = std::fs::read(file) else {
            return false;
        };
        let candidates = self.0.get(&(bytes.len() as u64)).into_iter().flatten();
        let mut others = candidates.filter_map(|output| std::fs::read(output).ok());
        others.any(|output| output == bytes)
    }
}

fn is_binary(file: &Path) -> bool {
    let magic = std::fs::File::open(file).and_then(|file| Magic::of_file(&file));
    magic.is_ok_and(|magic| magic.is_some_and(Magic::is_binary))
}

#[cfg(test)]
mod tests {
    use fs_err as fs;

    use super::*;
    use crate::compile::workspace::Workspace;

    #[test]
    fn only_what_zig_has_made_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::write(
            root.join("pyproject.toml"),
            "[project]\nname = \"x\"\nversion = \"1\"\n",
        )
        .unwrap();
        let elf = |text: &str| {
            [
                b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0",
                text.as_bytes(),
            ]
            .concat()
        };
        fs::write(root.join("old.so"), elf("old")).unwrap();
        fs::create_dir(root.join("empty")).unwrap();
        let project = Project::load(root).unwrap();
        let workspace = Workspace::open(&project.root).unwrap();
        let litter = StrayFiles::new(&project, &root.join("dist"));
        let tree = workspace.job_tree("job").unwrap();
        let cache = root.join("zig-cache");
        fs::create_dir_all(cache.join("o/1")).unwrap();
        fs::write(cache.join("o/1/lib.so"), elf("built")).unwrap();
        fs::write(tree.prefix().join("lib.so"), elf("installed")).unwrap();
        for (name, text) in [
            ("built.so", "built"),
            ("installed.so", "installed"),
            // Of the same size as what was built, and of another size.
            ("mine.so", "other"),
            ("download.so", "something else"),
            ("old.so", "newer"),
        ] {
            fs::write(root.join(name), elf(text)).unwrap();
        }
        fs::write(root.join("copy.txt"), "text").unwrap();
        // The clock of a file system may lag behind by some milliseconds.
        std::thread::sleep(std::time::Duration::from_millis(50));
        for folder in ["new/deep", "empty", "shared/deep"] {
            fs::create_dir_all(root.join(folder)).unwrap();
            fs::write(root.join(folder).join("built.so"), elf("built")).unwrap();
        }
        fs::write(root.join("shared/mine.txt"), "text").unwrap();
        let knows_creation = fs::metadata(root.join("new")).unwrap().created().is_ok();
        let notes = Mutex::new(Vec::new());
        let note = |text: &str| notes.lock().unwrap().push(text.to_owned());
        litter.sweep(&tree, &cache, &note);
        for (name, is_left) in [
            ("built.so", false),
            ("installed.so", false),
            ("mine.so", true),
            ("download.so", true),
            ("old.so", true),
            ("copy.txt", true),
            ("zig-cache/o/1/lib.so", true),
            ("new", !knows_creation),
            // It was there before the build.
            ("empty", true),
            ("shared/deep", !knows_creation),
            ("shared/mine.txt", true),
        ] {
            assert_eq!(root.join(name).exists(), is_left, "{name}");
        }
        let built = litter.built();
        assert!(built.contains(&"built.so".to_owned()), "{built:?}");
        assert_eq!(built.len(), 5, "{built:?}");
        litter.sweep(&tree, &cache, &note);
        let mut notes = notes.into_inner().unwrap();
        notes.sort();
        assert_eq!(notes.len(), 6, "{notes:?}");
        let left = ["copy.txt", "download.so", "mine.so"];
        let names_left = |note: &String| left.iter().all(|name| note.contains(name));
        assert!(notes.iter().any(names_left), "{notes:?}");
    }
}
