//! The settings of a source distribution.

use std::path::PathBuf;

use super::{Env, Layers, Output, Typed};
use crate::error::Result;
use crate::options::table;
use crate::project::Project;
use crate::toolchain::ZigRequest;

/// How an sdist is written.
#[derive(Debug, Clone)]
pub struct SdistSettings {
    /// The output directory.
    pub output_dir: PathBuf,
    /// Whether the sdist contains the Zig packages too.
    pub vendor: bool,
    /// Which Zig fetches them.
    pub zig: ZigRequest,
    /// The cache directory, if it is set.
    pub cache_dir: Option<PathBuf>,
    /// How to report.
    pub output: Output,
}

/// Resolves everything that an sdist needs to know.
pub fn sdist(typed: &Typed, project: &Project, env: Env<'_>) -> Result<SdistSettings> {
    let mut layers = Layers::new(typed, Some(project), env);
    let cache_dir = layers.cache_dir();
    let output_dir = layers.output_dir(project, cache_dir.as_deref(), false);
    let settings = SdistSettings {
        output_dir: std::path::absolute(output_dir)?,
        vendor: layers.switch(&table::VENDOR),
        zig: layers.zig(),
        cache_dir,
        output: layers.output(),
    };
    layers.finish(settings)
}
