//! A Python that wheels are built with.

use super::refusals::admitted;
use crate::project::{Abi, Project};
use crate::tags::{AbiTag, PythonVersion};
use crate::toolchain::Interpreter;

/// A Python that wheels are built with, and the ABI of those wheels.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    /// The interpreter, whose headers the job gets.
    pub(super) python: Interpreter,
    /// The ABI of the wheel.
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

    /// The wheel of an abi3 project for its floor and every later Python, with the headers of this Python.
    pub(super) fn abi3(python: Interpreter, floor: PythonVersion) -> Self {
        Self {
            python,
            abi: AbiTag::Abi3,
            floor,
        }
    }

    /// What is worth knowing about this choice in an abi3 project.
    pub(super) fn note(&self, project_abi: Abi) -> Option<String> {
        let Self { python, abi, floor } = self;
        let version = python.version;
        if project_abi == Abi::Abi3 && python.free_threaded {
            return Some(format!(
                "full API for {abi}, since free-threaded Python {version} cannot load abi3 modules"
            ));
        }
        (*abi == AbiTag::Abi3 && version != *floor)
            .then(|| format!("for {floor} and later, with the headers of {version}"))
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
