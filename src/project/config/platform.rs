//! `[tool.pyz3-wheel.platform.NAME]`: the settings of one platform.

use std::collections::BTreeMap;

use crate::project::source::Located;
use crate::tags::Release;

/// The settings of `[tool.pyz3-wheel.platform.NAME]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlatformConfig {
    /// `floor`: the lowest release of glibc or macOS to run on.
    pub floor: Option<Located<Release>>,
    /// `MACOSX_DEPLOYMENT_TARGET` in an environment that the project configures: the floor where
    /// nothing else sets it.
    pub deployment_target: Option<Located<Release>>,
    /// `extra-args`: more arguments for `zig build`, after the general ones.
    pub extra_args: Vec<String>,
    /// `env`: more environment for `zig build`, over the general one.
    pub env: BTreeMap<String, String>,
}
