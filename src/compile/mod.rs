//! The compile stage: runs `zig build` in isolation, and recognizes the installed files by their contents.
//!
//! Takes a [`crate::plan::Job`] and the toolchain; gives the files that belong in the wheel. Never decides
//! which jobs there are or in which order they run, and writes nothing into the user's tree except the
//! project's cache directory.

pub mod artifact;
pub mod clean;
mod dynamic_table;
pub mod generated;
pub mod host_variables;
pub mod importable;
pub mod leftovers;
pub mod managed;
mod musl;
pub mod options;
pub mod owner;
pub mod packages;
pub mod place;
pub mod placed;
pub mod progress;
pub mod remedies;
mod required_options;
pub mod script;
pub mod search_paths;
pub mod stray_files;
pub mod universal;
pub mod workspace;
pub mod zig_build;
pub(crate) mod zig_log;
mod zig_run;
