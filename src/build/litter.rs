//! What builds leave in the source tree: noticed, named, and taken away if it is a binary.
//!
//! A binary there is that of the last job that wrote it: the next build could take it for its own, and
//! so could `import`. Other files may be the author's, written while the build ran: they stay.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use crate::audit;
use crate::project::Project;

/// Length and time of change.
type Stamp = (u64, Option<SystemTime>);

/// The source tree before the first build, and what has come into it since.
#[derive(Debug)]
pub struct Litter<'a> {
    project: &'a Project,
    output: PathBuf,
    before: BTreeMap<PathBuf, Stamp>,
    found: Mutex<BTreeSet<String>>,
}

impl<'a> Litter<'a> {
    /// Looks at the tree; `output` is where wheels go.
    pub fn new(project: &'a Project, output: &Path) -> Self {
        let files = project.build_inputs(output);
        Self {
            project,
            output: output.to_owned(),
            before: files
                .map(|file| {
                    let stamp = stamp(&file);
                    (file, stamp)
                })
                .collect(),
            found: Mutex::default(),
        }
    }

    /// Takes away the binaries that came since, and names what was not named before.
    pub fn sweep(&self, note: &dyn Fn(&str)) {
        for file in self.project.build_inputs(&self.output) {
            let before = self.before.get(&file);
            if before.is_some_and(|before| *before == stamp(&file)) {
                continue;
            }
            let is_binary = is_binary(&file);
            // An author may go on writing while a build runs.
            if before.is_some() && !is_binary {
                continue;
            }
            let removed = before.is_none() && is_binary && std::fs::remove_file(&file).is_ok();
            let below = file.strip_prefix(&self.project.root).unwrap_or(&file);
            let name = below.to_string_lossy().replace('\\', "/");
            let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
            if found.insert(name.clone()) {
                note(&match (before, removed) {
                    (Some(_), _) => {
                        format!("the build has changed the binary {name} in the project")
                    }
                    (None, true) => {
                        format!("the build left the binary {name} in the project; it was removed")
                    }
                    (None, false) => {
                        format!("since the build began there is {name} in the project")
                    }
                });
            }
        }
    }

    /// All that was found so far.
    pub fn found(&self) -> Vec<String> {
        let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.iter().cloned().collect()
    }
}

fn stamp(file: &Path) -> Stamp {
    std::fs::metadata(file).map_or((0, None), |found| (found.len(), found.modified().ok()))
}

fn is_binary(file: &Path) -> bool {
    let mut magic = [0; 16];
    let read = std::fs::File::open(file).and_then(|mut file| file.read(&mut magic));
    read.is_ok_and(|count| audit::sniff(&magic[..count]))
}
