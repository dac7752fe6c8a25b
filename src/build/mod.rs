//! The build stage: a job becomes artifacts.
//!
//! Takes a [`crate::plan::Job`] and the toolchain; runs `zig build` in isolation and gives the
//! files that belong in the wheel, each known by its bytes. Never decides which jobs there are, and
//! never writes into the user's tree but for the project's cache folder.

pub mod artifact;
pub mod clean;
mod demanded;
mod dynamic_table;
mod generated;
mod host_variables;
pub mod importable;
pub mod job;
pub mod leftovers;
pub mod lesson;
pub mod litter;
pub mod managed;
mod musl;
pub mod options;
pub mod owner;
pub mod packages;
pub mod place;
pub mod progress;
pub mod reuse;
pub mod schedule;
pub mod script;
mod search_paths;
pub mod turns;
pub mod twin;
mod universal;
pub mod workspace;
pub mod zig_build;
mod zig_run;
