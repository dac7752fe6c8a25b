//! The build script as a file: whether it exists, and which names it mentions.

use std::path::{Path, PathBuf};

use crate::error::{Error, Problem, Result};
use crate::project::Project;

/// The project's own build script, or an error if it does not exist.
pub fn require(project: &Project) -> Result<PathBuf> {
    let path = project.root.join(project.build_file());
    if path.is_file() {
        return Ok(path);
    }
    let problem = Problem::new(format!("{} does not exist", path.display()))
        .hint("pyz3-wheel runs `zig build` on the project's own build.zig: write one (`pyz3-wheel explain a-whole-script` shows an example), or name it with build-file in [tool.pyz3-wheel]\nor declare the modules with name and root in [[tool.pyz3-wheel.module]], which needs no build.zig");
    Err(Error::config(match &project.config.build_file {
        Some(file) => problem.at(file.place),
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

/// Every .zig and .zon file of the project and of the build script's folder, because only Zig knows which of them
/// build.zig imports.
fn sources(project: &Project) -> impl Iterator<Item = PathBuf> {
    let around = project.outside_build_root();
    let around: Vec<_> = around
        .iter()
        .flat_map(|root| project.inputs_around(root))
        .collect();
    project
        .own_files()
        .chain(around)
        .filter(|path| is_source(path))
}

/// Whether a file may be one that a script is made of, by its name.
pub(crate) fn is_source(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| ending == "zig" || ending == "zon")
}
