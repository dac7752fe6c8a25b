//! The settings of a source distribution.

use std::path::PathBuf;

use super::{Env, Layers};
use crate::cli::args::{CommonArgs, SdistArgs, VendorArgs};
use crate::error::Result;
use crate::project::{Config, Project};
use crate::report::Output;
use crate::toolchain::ZigRequest;

/// How an sdist is written.
#[derive(Debug, Clone)]
pub struct SdistSettings {
    /// Where it goes.
    pub output_dir: PathBuf,
    /// Whether it is to have the Zig packages too.
    pub vendor: bool,
    /// Which Zig fetches them.
    pub zig: ZigRequest,
    /// Where our cache is, if anyone says so.
    pub cache_dir: Option<PathBuf>,
    /// How to report.
    pub output: Output,
}

/// Resolves everything that an sdist needs to know.
pub fn sdist(
    args: &SdistArgs,
    common: &CommonArgs,
    project: &Project,
    env: Env<'_>,
) -> Result<SdistSettings> {
    let mut layers = Layers::new(env);
    let cache_dir = layers.cache_dir(common, Some(project));
    let typed = args.output_dir.as_deref();
    let output_dir = layers.output_dir(typed, project, cache_dir.as_deref(), false);
    let settings = SdistSettings {
        output_dir: std::path::absolute(output_dir)?,
        vendor: layers.vendor(args.vendor, &project.config),
        zig: layers.zig(common, Some(project)),
        cache_dir,
        output: layers.output(common, Some(&project.config)),
    };
    layers.finish(settings)
}

impl Layers<'_> {
    pub(super) fn vendor(&mut self, args: VendorArgs, config: &Config) -> bool {
        let VendorArgs { vendor, no_vendor } = args;
        self.pair("vendor", vendor, no_vendor, config.vendor.as_ref())
    }
}
