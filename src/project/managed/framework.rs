//! The frameworks for extension modules in Zig.

use std::fmt;

use serde::Serialize;

/// A framework for extension modules in Zig that comes as a Python package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Framework {
    /// <https://pypi.org/project/pyz3/>
    Pyz3,
    /// <https://pypi.org/project/ziggy-pydust/>, which pyz3 comes from.
    Pydust,
}

impl Framework {
    /// The name of its Python package, of the Zig module in it, and of its table below `tool`.
    pub fn module(self) -> &'static str {
        match self {
            Self::Pyz3 => "pyz3",
            Self::Pydust => "pydust",
        }
    }

    /// What pip calls it.
    pub fn distribution(self) -> &'static str {
        match self {
            Self::Pyz3 => "pyz3",
            Self::Pydust => "ziggy-pydust",
        }
    }
}

impl fmt::Display for Framework {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.distribution())
    }
}
