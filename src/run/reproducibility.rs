//! Checks that builds are reproducible: everything is built in two directories, and a wheel whose bytes
//! differ is not written.
//!
//! The first of the two builds works in a [`ProjectCopy`] with a Zig cache of its own. Its wheels are the
//! [`FirstBuild`] that the wheels of the second build are compared with.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Seek as _};
use std::path::{Path, PathBuf};

use fs_err as fs;

use super::outcome::TaskResult;
use crate::audit::{Side, differences};
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::plan::Job;
use crate::project::Project;
use crate::sys::scratch::Scratch;
use crate::wheel::{PackedWheel, WrittenWheel};

/// A copy of a project in a temporary directory.
#[derive(Debug)]
pub struct ProjectCopy {
    /// The project in its new place.
    pub project: Project,
    from: PathBuf,
    folder: Scratch,
}

impl ProjectCopy {
    /// Copies all files that a build of the project may read. Links are replaced by their targets.
    pub fn of(project: &Project, output: &Path) -> Result<Self> {
        let folder = Scratch::temporary()?;
        let folder_path = fs::canonicalize(folder.path())?;
        let root = folder_path.join(project.root.file_name().unwrap_or("project".as_ref()));
        fs::create_dir(&root)?;
        for file in project.build_inputs(output) {
            let below = file.strip_prefix(&project.root).unwrap_or(&file);
            let to = root.join(below);
            fs::create_dir_all(to.parent().unwrap_or(&root))?;
            fs::copy(&file, to)?;
        }
        Ok(Self {
            project: Project {
                root,
                ..project.clone()
            },
            from: project.root.clone(),
            folder,
        })
    }

    /// The directory for the wheels of the copy.
    pub fn output_dir(&self) -> PathBuf {
        self.folder.path().join("wheels")
    }

    /// The results of the build in the copy. Wheels that differ are kept in `keep`.
    pub fn into_first_build(self, results: Vec<TaskResult>, keep: PathBuf) -> FirstBuild {
        let results = results.into_iter();
        FirstBuild {
            wheels: results
                .map(|result| (result.job.id.clone(), result.outcome))
                .collect(),
            copy: self,
            keep,
        }
    }
}

/// The wheels of the first build, in another directory.
#[derive(Debug)]
pub struct FirstBuild {
    wheels: BTreeMap<String, Result<WrittenWheel>>,
    copy: ProjectCopy,
    keep: PathBuf,
}

impl FirstBuild {
    /// Rejects a wheel that differs from that of the first build, and keeps both so that they can be compared.
    pub fn compare(&self, job: &Job, packed: &PackedWheel) -> Result<()> {
        let refuse = |problems| Error::check(ErrorKind::Audit, problems);
        let first = match self.wheels.get(&job.id) {
            Some(Ok(first)) => first,
            Some(Err(error)) => {
                let mut problems = vec![
                    Problem::new("can be built here, but not in a copy of the project in another directory")
                        .at(&job.wheel)
                        .hint(
                            "the copy has all files of the project's directory except .git and caches, and \
                             nothing from outside of it",
                        ),
                ];
                problems.extend(error.clone().into_problems());
                return refuse(problems);
            }
            // The job has no first wheel only if the run was stopped, and then no second wheel is written.
            None => return Ok(()),
        };
        if packed.sha256() == first.sha256 {
            return Ok(());
        }
        let (here, there) = (
            self.copy.from.to_string_lossy(),
            self.copy.project.root.to_string_lossy(),
        );
        let other = File::open(&first.path)?;
        let found = differences(
            Side {
                file: packed.file(),
                folder: &here,
            },
            Side {
                file: &other,
                folder: &there,
            },
        )?;
        let kept = self.keep(job, packed.file(), &other)?;
        let mut problems = vec![
            Problem::new("not reproducible: a second build in another directory gave different bytes; the wheel was not written")
                .at(&job.wheel)
                .hint(format!("both wheels are in {}", kept.display())),
        ];
        problems.extend(found);
        refuse(problems)
    }

    /// Copies the two wheels to a directory that is kept after the run.
    fn keep(&self, job: &Job, here: &File, elsewhere: &File) -> Result<PathBuf> {
        let folder = self.keep.join(&job.id);
        // Copied through its handle: on Windows no other handle can read a locked file.
        for (place, mut wheel) in [("here", here), ("elsewhere", elsewhere)] {
            let to = folder.join(place);
            fs::create_dir_all(&to)?;
            wheel.rewind()?;
            io::copy(
                &mut wheel,
                &mut fs::File::create(to.join(job.wheel.to_string()))?,
            )?;
        }
        Ok(folder)
    }
}
