//! A Python that wheels are built with.

use super::refusals::admitted;
use crate::project::{Abi, Project};
use crate::tags::{AbiTag, CPython, FIRST_ABI3T, PythonVersion};
use crate::toolchain::Interpreter;

/// A stable ABI that the wheels of a project may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum StableAbi {
    /// The stable ABI of Pythons with the GIL (PEP 384).
    Abi3,
    /// The stable ABI of all Pythons from [`FIRST_ABI3T`] on (PEP 803).
    Abi3t,
}

impl StableAbi {
    /// The stable ABI of the wheel that a project has for a Python; `None` if that wheel has the full API.
    pub(super) fn serving(python: CPython, project_abi: Abi, floor: PythonVersion) -> Option<Self> {
        match project_abi {
            Abi::Full | Abi::None => None,
            Abi::Abi3AndAbi3t
                if python.version >= FIRST_ABI3T
                    && (python.free_threaded || floor >= FIRST_ABI3T) =>
            {
                Some(Self::Abi3t)
            }
            Abi::Abi3 | Abi::Abi3AndAbi3t => (!python.free_threaded).then_some(Self::Abi3),
        }
    }

    /// The oldest Python that its wheel runs on in a project with this floor.
    pub(super) fn floor(self, floor: PythonVersion) -> PythonVersion {
        match self {
            Self::Abi3 => floor,
            Self::Abi3t => floor.max(FIRST_ABI3T),
        }
    }

    /// Whether the headers of this Python have its API. The headers of a free-threaded Python have only abi3t.
    pub(super) fn is_in_headers_of(self, python: CPython, floor: PythonVersion) -> bool {
        let is_new_enough = python.version >= self.floor(floor);
        match self {
            Self::Abi3 => is_new_enough && !python.free_threaded,
            Self::Abi3t => is_new_enough,
        }
    }

    /// The ABI tag of the modules.
    fn tag(self) -> AbiTag {
        match self {
            Self::Abi3 => AbiTag::Abi3,
            Self::Abi3t => AbiTag::Abi3t,
        }
    }
}

/// A Python that wheels are built with, and the ABI of those wheels.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    /// The interpreter, whose headers the job gets.
    pub(super) python: Interpreter,
    /// The ABI of the modules in the wheel.
    pub(super) abi: AbiTag,
    /// The oldest `CPython` that the wheel runs on.
    pub(super) floor: PythonVersion,
}

impl Choice {
    /// A wheel for this Python alone.
    pub(super) fn full(python: Interpreter) -> Self {
        Self {
            abi: abi_tag(&python),
            floor: python.version,
            python,
        }
    }

    /// The wheel of a project with this floor for every later Python that has the stable ABI, with the
    /// headers of this Python.
    pub(super) fn stable(python: Interpreter, abi: StableAbi, floor: PythonVersion) -> Self {
        Self {
            python,
            abi: abi.tag(),
            floor: abi.floor(floor),
        }
    }

    /// What is worth knowing about this choice in an abi3 project.
    pub(super) fn note(&self, project_abi: Abi) -> Option<String> {
        let Self { python, abi, floor } = self;
        let version = python.version;
        match (project_abi, abi) {
            (Abi::Full | Abi::None, _) | (_, AbiTag::None) => None,
            (Abi::Abi3 | Abi::Abi3AndAbi3t, AbiTag::CPython(_)) => Some(format!(
                "full API for {abi}, since free-threaded Python {version} cannot load abi3 modules"
            )),
            (Abi::Abi3 | Abi::Abi3AndAbi3t, AbiTag::Abi3) => (version != *floor)
                .then(|| format!("for {floor} and later, with the headers of {version}")),
            (Abi::Abi3 | Abi::Abi3AndAbi3t, AbiTag::Abi3t) => Some(format!(
                "abi3t for {floor} and later, with and without the GIL, with the headers of {}",
                python.cpython()
            )),
        }
    }
}

/// The lowest Python that an abi3 project runs on: as configured, else the lowest one that wheels can
/// be built for and that requires-python admits.
pub(super) fn abi3_floor(project: &Project) -> Option<PythonVersion> {
    match &project.config.abi3_floor {
        Some(floor) => Some(floor.value),
        None => admitted(project).next(),
    }
}

/// The ABI that an extension on the full API of this Python has.
pub fn abi_tag(python: &Interpreter) -> AbiTag {
    AbiTag::CPython(python.cpython())
}
