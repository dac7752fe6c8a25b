//! `abi`: which of Python's binary interfaces a project uses.

use std::fmt;

use crate::error::Problem;

/// Which of Python's binary interfaces the native code uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Abi {
    /// The full C API: a wheel for each Python.
    Full,
    /// The stable ABI: one wheel for a Python and all later ones with the GIL.
    Abi3,
    /// The stable ABI, and the one for free-threaded builds too (PEP 803): one more wheel, for 3.15 and
    /// all later Pythons, with and without the GIL.
    #[serde(rename = "abi3.abi3t")]
    Abi3AndAbi3t,
    /// None: shared libraries for ctypes or cffi, one wheel for all Pythons.
    None,
}

impl Abi {
    /// The ABI that these names stand for together.
    pub(super) fn parse(names: &[&str]) -> Result<Self, Problem> {
        let problem = match names {
            ["full"] => return Ok(Self::Full),
            ["abi3"] => return Ok(Self::Abi3),
            ["abi3", "abi3t"] | ["abi3t", "abi3"] => return Ok(Self::Abi3AndAbi3t),
            ["none"] => return Ok(Self::None),
            ["abi3t"] => {
                return Err(Problem::new("`abi3t` without `abi3` is not supported: Pythons with the GIL load abi3t modules too").hint(
                    "write abi = [\"abi3\", \"abi3t\"]; with abi3-floor = \"3.15\" one wheel has both ABIs",
                ));
            }
            [] => "the list is empty".to_owned(),
            [one] => format!("`{one}` is not an ABI"),
            names => format!(
                "a project cannot have the ABIs `{}` together",
                names.join("`, `")
            ),
        };
        Err(Problem::new(problem)
            .hint("write \"full\", \"abi3\", [\"abi3\", \"abi3t\"] or \"none\""))
    }
}

impl fmt::Display for Abi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full => "full",
            Self::Abi3 => "abi3",
            Self::Abi3AndAbi3t => "abi3.abi3t",
            Self::None => "none",
        })
    }
}
