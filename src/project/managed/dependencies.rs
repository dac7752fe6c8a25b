//! `link_all_deps`: the C libraries that `pyz3 deps` has noted in pyz3_deps.json.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::zig_module::{ZigModule, in_project};
use crate::error::Problem;

const FILE: &str = "pyz3_deps.json";

/// One library, as pyz3 0.11 writes it.
#[derive(Deserialize)]
struct Dependency {
    #[serde(default)]
    include_dirs: Vec<String>,
    #[serde(default)]
    lib_dirs: Vec<String>,
    #[serde(default)]
    libraries: Vec<String>,
    #[serde(default)]
    cflags: Vec<String>,
    #[serde(default)]
    ldflags: Vec<String>,
    #[serde(default)]
    source_files: Vec<String>,
    #[serde(default)]
    is_header_only: bool,
}

/// Adds all of them to a module, or says what is wrong with the file.
pub(super) fn link_all(project: &Path, module: &mut ZigModule) -> Result<(), Vec<Problem>> {
    let unusable = |why: String| {
        vec![Problem::new(why).hint(format!(
            "run `pyz3 deps`, which writes {FILE}, or remove link_all_deps"
        ))]
    };
    let path = project.join(FILE);
    if !path.is_file() {
        return Err(unusable(format!("{FILE} does not exist")));
    }
    let bytes = fs_err::read(&path).map_err(|error| unusable(error.to_string()))?;
    let dependencies: BTreeMap<String, Dependency> = serde_json::from_slice(&bytes)
        .map_err(|error| unusable(format!("{FILE} cannot be read: {error}")))?;
    let mut problems = Vec::new();
    for (name, dependency) in dependencies {
        let mut paths = |list: &[String]| -> Vec<String> {
            let found = list.iter().filter_map(|text| {
                let there = in_project(text)
                    .ok()
                    .filter(|path| project.join(path).exists());
                if there.is_none() {
                    problems.push(
                        Problem::new(format!(
                            "`{name}` in {FILE} names `{text}`, which is not in the project"
                        ))
                        .hint(format!(
                            "run `pyz3 deps`, which fetches it, or correct {FILE}"
                        )),
                    );
                }
                there
            });
            found.collect()
        };
        let include_dirs = paths(&dependency.include_dirs);
        let lib_dirs = paths(&dependency.lib_dirs);
        let sources = if dependency.is_header_only {
            Vec::new()
        } else {
            paths(&dependency.source_files)
        };
        module.c_include_dirs.extend(include_dirs);
        module.c_library_dirs.extend(lib_dirs);
        module.c_sources.extend(sources);
        module.c_libraries.extend(dependency.libraries);
        module.c_flags.extend(dependency.cflags);
        for flag in &dependency.ldflags {
            problems.extend(module.link(flag).err());
        }
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems)
    }
}
