//! Checks that a wheel for Pyodide is for the Python that its platform has.

use crate::audit::claim::{Claim, PythonAbi};
use crate::audit::code::Code;
use crate::audit::finding::Finding;
use crate::tags::{CPython, PlatformTag, PythonVersion, Release};

/// The releases of the PyEmscripten platform with the one Python of each (PEP 783). Source: Pyodide, "Platform ABI".
const PYTHONS: [(Release, PythonVersion); 4] = [
    (Release::new(2024, 0), PythonVersion::new(3, 12)),
    (Release::new(2025, 0), PythonVersion::new(3, 13)),
    (Release::new(2026, 0), PythonVersion::new(3, 14)),
    (Release::new(2026, 5), PythonVersion::new(3, 15)),
];

/// A platform of Pyodide whose Python is not among those of the wheel.
pub(super) fn judge(claim: &Claim) -> Option<Finding> {
    let fits = |python: PythonVersion| {
        claim.abis().into_iter().any(|abi| match abi {
            PythonAbi::None | PythonAbi::Other => true,
            PythonAbi::Stable(floor) => floor <= python,
            PythonAbi::StableFreeThreaded(_) => false,
            PythonAbi::CPython(wanted) => wanted == CPython::with_gil(python),
        })
    };
    claim.platform_tags().into_iter().find_map(|tag| {
        let (PlatformTag::Pyemscripten(release) | PlatformTag::Pyodide(release)) = tag else {
            return None;
        };
        let mut known = PYTHONS.into_iter();
        let (_, python) = known.find(|(known, _)| *known == release)?;
        (!fits(python)).then(|| {
            let (pythons, abis) = (claim.pythons.join("."), claim.abis.join("."));
            Finding::new(
                Code::InterpreterTag,
                format!("has the tags {pythons}-{abis} and the platform tag {tag}"),
            )
            .promised(format!("the Python of that platform is {python}"))
            .hint("build it with the Pyodide that has the Python of the tag, or correct the tag")
        })
    })
}
