//! Creates new projects that are ready to build, and finds what an existing project is missing.
//!
//! Takes a folder and a template; gives the texts of all files before the first one is written, or all
//! reasons why they cannot be written. Never overwrites a file that it did not read.

mod adopt;
mod files;
mod names;
mod owner;
mod template;
mod workflow;
mod zon;

use std::path::{Path, PathBuf};

use fs_err as fs;

pub use adopt::{Adoption, Change, adopt};
pub use names::Names;
pub(crate) use template::BACKEND;
pub use template::Template;

use self::owner::Owner;
use crate::error::{Error, Problem, Result};

/// A new project that is not written yet.
#[derive(Debug)]
pub struct Draft {
    /// Its folder.
    pub root: PathBuf,
    /// Its names.
    pub names: Names,
    /// The path of each file in the folder, and its text.
    pub files: Vec<(String, String)>,
    /// Files that exist already and are not changed.
    pub kept: Vec<String>,
}

/// Files that often exist before a project is created.
const MAY_BE_THERE: [&str; 2] = [".gitignore", "README.md"];

impl Draft {
    /// A project from a template, in a folder that must not contain any of its files. The folder need not
    /// exist.
    pub fn new(root: &Path, name: Option<&str>, template: Template, with_ci: bool) -> Result<Self> {
        let root = folder(root)?;
        let name = match name {
            Some(name) => name.to_owned(),
            None => folder_name(&root)?,
        };
        let names = Names::of(&name).map_err(Error::config)?;
        let owner = Owner::find(&root);
        let mut files = files::files(template, &names, &owner);
        if with_ci {
            files.push((workflow::PATH.to_owned(), workflow::text(template)));
        }
        let mut existing = Vec::new();
        let mut kept: Vec<_> = owner.license_file.into_iter().collect();
        files.retain(|(path, _)| {
            let is_there = root.join(path).symlink_metadata().is_ok();
            if is_there && MAY_BE_THERE.contains(&&**path) {
                kept.push(path.clone());
            } else if is_there {
                existing.push(path.clone());
            }
            !is_there
        });
        if !existing.is_empty() {
            return Err(Error::config(
                Problem::new(format!(
                    "the folder already contains {}",
                    existing.join(", ")
                ))
                .at(root.display())
                .hint(
                    "run `pyz3-wheel init --adopt` to see what an existing project is missing, or give another \
                     folder: `pyz3-wheel init DIR`",
                ),
            ));
        }
        Ok(Self {
            root,
            names,
            files,
            kept,
        })
    }

    /// Writes all files.
    pub fn write(&self) -> Result<()> {
        for (path, text) in &self.files {
            write_new(&self.root.join(path), text)?;
        }
        Ok(())
    }
}

/// The absolute path of a project's folder, which need not exist.
fn folder(root: &Path) -> Result<PathBuf> {
    let root = std::path::absolute(root)?;
    if root.exists() && !root.is_dir() {
        return Err(Error::config(
            Problem::new("is not a folder")
                .at(root.display())
                .hint("give the project's folder: `pyz3-wheel init DIR`"),
        ));
    }
    Ok(root)
}

/// The project's default name.
fn folder_name(root: &Path) -> Result<String> {
    let name = root.components().next_back().and_then(|last| match last {
        std::path::Component::Normal(name) => name.to_str(),
        _ => None,
    });
    name.map(str::to_owned).ok_or_else(|| {
        Error::config(
            Problem::new("the folder's name is not a valid project name")
                .at(root.display())
                .hint("give a project name: --name NAME"),
        )
    })
}

/// Writes a file that must not exist yet, and creates its folders.
fn write_new(path: &Path, text: &str) -> Result<()> {
    use std::io::Write as _;
    fs::create_dir_all(path.parent().unwrap_or(path))?;
    fs::File::create_new(path)?.write_all(text.as_bytes())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_license_of_ones_own_stays_and_no_other_is_declared() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("LICENSE.txt"), "mine").unwrap();
        let draft = Draft::new(folder.path(), Some("x"), Template::C, false).unwrap();
        assert_eq!(draft.kept, ["LICENSE.txt"]);
        let text = |name: &str| draft.files.iter().find(|(path, _)| path == name);
        assert_eq!(text("LICENSE"), None);
        let (_, pyproject) = text("pyproject.toml").unwrap();
        assert!(!pyproject.contains("license"), "{pyproject}");
    }

    #[test]
    fn what_is_there_is_told_at_once_and_nothing_is_written() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("build.zig"), "mine").unwrap();
        fs::write(folder.path().join("pyproject.toml"), "mine").unwrap();
        let error = Draft::new(folder.path(), Some("x"), Template::Full, false).unwrap_err();
        let [problem] = error.problems() else {
            panic!("{error:?}");
        };
        assert!(
            problem.message.ends_with("pyproject.toml, build.zig"),
            "{problem}"
        );
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_readme_of_ones_own_stays() {
        let folder = tempfile::tempdir().unwrap();
        let readme = folder.path().join("README.md");
        fs::write(&readme, "mine").unwrap();
        let draft = Draft::new(folder.path(), Some("x"), Template::Abi3, false).unwrap();
        draft.write().unwrap();
        assert_eq!(draft.kept, ["README.md"]);
        assert_eq!(fs::read_to_string(readme).unwrap(), "mine");
        assert!(folder.path().join("src/x/_native.pyi").is_file());
    }
}
