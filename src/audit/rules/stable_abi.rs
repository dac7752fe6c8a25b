//! The stable ABI (PEP 384, PEP 652, PEP 803): which symbols a module may take, from which Python on.

use super::Finding;
use crate::audit::claim::PythonAbi;
use crate::audit::code::Code;
use crate::binary::python_exports::stable_since;
use crate::tags::PythonVersion;

/// The stable ABI that a wheel promises. `abi3` and `abi3t` have the same symbols.
#[derive(Debug, Clone, Copy)]
pub(super) struct StableAbi {
    /// The first Python whose stable ABI it is.
    floor: PythonVersion,
    /// Whether one of the tags is `abi3`.
    abi3: bool,
    /// Whether one of the tags is `abi3t`.
    abi3t: bool,
}

impl StableAbi {
    /// What the tags of a wheel promise together; `None` if they promise no stable ABI.
    pub(super) fn of<'a>(abis: impl IntoIterator<Item = &'a PythonAbi>) -> Option<Self> {
        let stable = abis.into_iter().filter_map(|abi| match abi {
            PythonAbi::Stable(floor) => Some((*floor, true)),
            PythonAbi::StableFreeThreaded(floor) => Some((*floor, false)),
            PythonAbi::None | PythonAbi::CPython(_) | PythonAbi::Other => None,
        });
        let stable: Vec<_> = stable.collect();
        Some(Self {
            floor: stable.iter().map(|(floor, _)| *floor).min()?,
            abi3: stable.iter().any(|(_, abi3)| *abi3),
            abi3t: stable.iter().any(|(_, abi3)| !abi3),
        })
    }

    fn promised(self) -> &'static str {
        match (self.abi3, self.abi3t) {
            (true, true) => "the ABI tags abi3 and abi3t promise nothing but the stable ABI",
            (false, true) => "the ABI tag abi3t promises nothing but the stable ABI",
            (_, false) => "the ABI tag abi3 promises nothing but the stable ABI",
        }
    }

    /// The macro with which the headers hide everything else.
    fn define(self) -> String {
        let name = if self.abi3t {
            "Py_TARGET_ABI3T"
        } else {
            "Py_LIMITED_API"
        };
        format!("define {name} as {}", self.floor.limited_api())
    }

    /// What is wrong with a module that takes these of Python's symbols.
    pub(super) fn judge<'a>(self, symbols: impl IntoIterator<Item = &'a str>) -> Vec<Finding> {
        let Self { floor, .. } = self;
        let mut findings = Vec::new();
        let mut never = Vec::new();
        for symbol in symbols {
            match stable_since(symbol) {
                Some(since) if since <= floor => {}
                Some(since) => findings.push(
                    Finding::new(
                        Code::NotStableAbi,
                        format!("uses {symbol}, which is in the stable ABI since Python {since}"),
                    )
                    .promised(format!("the Python tag promises {floor} and later"))
                    .hint(format!(
                        "{} before Python.h, so that the compiler rejects it; or use the Python tag cp{}",
                        self.define(),
                        since.nodot()
                    )),
                ),
                None => never.push(symbol),
            }
        }
        if !never.is_empty() {
            findings.push(
                Finding::new(
                    Code::NotStableAbi,
                    format!("uses {}, which the stable ABI does not have", never.join(", ")),
                )
                .promised(self.promised())
                .hint(format!(
                    "{} before Python.h, so that the compiler rejects it; if the module needs the full \
                     API, build and tag a wheel for each Python",
                    self.define()
                )),
            );
        }
        findings
    }
}
