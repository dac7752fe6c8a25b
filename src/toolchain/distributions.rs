//! What pip or uv has installed into a directory.

use std::path::{Path, PathBuf};

/// The distributions in a folder that pip or uv has installed into: name and version as in the name of the
/// `.dist-info` folder, and the path of that folder.
///
/// Ex) `ziglang-0.15.2`
pub(super) fn distributions(folder: &Path) -> Vec<(String, PathBuf)> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let found = entries.filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        let stem = name.strip_suffix(".dist-info")?.to_owned();
        Some((stem, entry.path()))
    });
    found.collect()
}
