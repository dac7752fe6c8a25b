//! The tests in the field: all wheels of the examples, judged by other tools, installed by pip and uv,
//! run under qemu and Wine; projects of others; other Zigs; the Python package and the workflows.
//!
//! They use real Zigs, interpreters and installers. What they need they fetch through pip into the
//! build directory, once; what they must leave out for lack of a network or an emulator they name
//! on stderr (`SKIPPED: …`).

mod agreement;
mod check;
mod check_formats;
mod docs;
mod fetched;
mod fixes;
mod hooks;
mod metadata;
mod oracles;
#[cfg(target_os = "linux")]
mod pages;
mod platforms;
mod provision;
mod published;
mod python;
#[cfg(target_os = "linux")]
mod readmes;
mod real_projects;
mod releases;
mod rigs;
mod schema;
mod sdist;
mod wheels;
mod windows_imports;
mod workflows;
mod zigs;
