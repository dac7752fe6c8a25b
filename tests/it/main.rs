//! The integration tests: one binary, a module a subject.
//!
//! They use real Zigs, interpreters and installers. What they need they fetch through pip into the
//! build directory, once; what they must leave out for lack of a network or an emulator they name
//! on stderr (`SKIPPED: …`).

mod support;

mod oracles;
mod rigs;
mod wheels;
mod workflows;
