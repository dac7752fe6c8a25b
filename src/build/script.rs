//! The build script as a file: is it there, and did anything change that it may be made of.

use std::path::PathBuf;
use std::time::UNIX_EPOCH;

use sha2::{Digest, Sha256};

use crate::error::{Error, Problem, Result};
use crate::project::Project;

/// The build script, or what to do when there is none.
pub fn require(project: &Project) -> Result<PathBuf> {
    let (path, place) = match &project.config.build_file {
        Some(file) => (project.root.join(&file.value), Some(file.place.clone())),
        None => (project.root.join("build.zig"), None),
    };
    if path.is_file() {
        return Ok(path);
    }
    let problem = Problem::new(format!("there is no {}", path.display()))
        .hint("pyz3-wheel runs `zig build` on the project's own build.zig; write one (docs/distribution.md shows it), or name it: build-file in [tool.pyz3-wheel]");
    Err(Error::config(match place {
        Some(place) => problem.at(place),
        None => problem,
    }))
}

/// Whether any file that the script may be made of has this text in it.
pub fn mentions(project: &Project, text: &str) -> bool {
    sources(project).any(|path| {
        let bytes = fs_err::read(path).unwrap_or_default();
        bytes
            .windows(text.len())
            .any(|window| window == text.as_bytes())
    })
}

/// Every .zig and .zon file of the project: which of them build.zig imports only Zig knows.
fn sources(project: &Project) -> impl Iterator<Item = PathBuf> {
    project.own_files().filter(|path| {
        path.extension()
            .is_some_and(|ending| ending == "zig" || ending == "zon")
    })
}

/// A hash that changes when a file changes that the script may be made of, or the Zig does.
///
/// It goes by size and time of modification of every .zig and .zon file, which is what make does.
pub fn fingerprint(project: &Project, zig: &str) -> String {
    let mut hasher = Sha256::new();
    hasher.update(format!("2 {} {zig}\n", env!("CARGO_PKG_VERSION")));
    hasher.update(format!(
        "{} {:?}\n",
        project.root.display(),
        project.config.build_file
    ));
    for path in sources(project) {
        if let Ok(meta) = path.metadata() {
            let modified = meta.modified().ok();
            let modified = modified.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
            hasher.update(format!("{} {} {modified:?}\n", path.display(), meta.len()));
        }
    }
    hex::encode(hasher.finalize())
}
