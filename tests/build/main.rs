//! The tests that build with one Zig, on this machine and for others.
//!
//! They use real Zigs, interpreters and installers. What they need they fetch through pip into the
//! build directory, once; what they must leave out for lack of a network or an emulator they name
//! on stderr (`SKIPPED: …`).

mod cache;
mod checkouts;
mod develop;
mod documents;
mod faults;
mod files;
mod init;
mod inputs;
mod installs;
mod interrupt;
mod managed;
mod messages;
mod metadata;
mod packages;
mod packing;
mod pythons;
mod reproducible;
mod reuse;
mod sbom;
mod sdist;
mod snapshots;
mod vendor;
