//! The integration tests: one binary, a module a subject.
//!
//! They use real Zigs, interpreters and installers. What they need they fetch through pip into the
//! build directory, once; what they must leave out for lack of a network or an emulator they name
//! on stderr (`SKIPPED: …`).

mod support;

mod agreement;
mod cache;
mod check;
mod checkouts;
mod corpus;
mod documents;
mod faults;
mod fetched;
mod files;
mod hostile;
mod init;
mod inputs;
mod installs;
mod interrupt;
mod malformed;
mod managed;
mod messages;
mod metadata;
mod oracles;
mod packages;
mod packing;
mod platforms;
mod provision;
mod python;
mod pythons;
mod real_projects;
mod reproducible;
mod reuse;
mod rigs;
mod sbom;
mod sdist;
mod settings;
mod vendor;
mod wheels;
mod workflows;
mod zigs;
