//! The tools of this machine: a Zig, the Pythons, and for each job files that replace the Python of the target.
//!
//! Takes requests (a version of Zig, an interpreter, a target); gives paths that exist and have been checked:
//! found on this machine, or created once in the [`Cache`]. Never reads a project, never writes outside the
//! cache, and downloads only what a request allows.

mod build_details;
pub mod cache;
mod distributions;
mod fetch;
mod headers;
mod import_library;
mod installer;
pub mod interpreter;
mod launcher;
pub mod package;
pub mod packages;
pub(crate) mod places;
pub(crate) mod probe_cache;
pub mod provision;
mod published;
mod release;
pub mod repair;
pub mod sysroot;
mod user_key;
mod uv;
pub mod zig;
mod zig_exe;
mod zig_range;

pub use build_details::is_build_details;
pub use cache::{Cache, Removed};
pub use fetch::Fetch;
pub use headers::headers_name;
pub use interpreter::{Discovery, Interpreter};
pub use package::{Package, PackageRequest};
pub use release::PinnedRelease;
pub use sysroot::{Sysroot, sysroot};
pub use user_key::UserKey;
pub use zig::{WantedZig, Zig, ZigOrigin, ZigRequest};
pub use zig_range::{DEFAULT_ZIG, TESTED};

#[cfg(test)]
pub(crate) mod testing;
