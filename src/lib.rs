//! Turns a Zig-written Python extension into wheels for every platform, from one machine.
//!
//! The stages, in the order in which data flows; none reaches back:
//!
//! | module | what it does |
//! |---|---|
//! | [`cli`] | what was typed, resolved into settings |
//! | [`project`] | what the user's project says |
//! | [`plan`] | platforms × Pythons → jobs; pure data |
//! | [`toolchain`] | what this machine offers: Zig, Pythons, sysroots for targets |
//! | [`build`] | a job becomes artifacts, known by their bytes |
//! | [`audit`] | what a binary truly is, against what the tag will say |
//! | [`wheel`] | the bytes of a wheel |
//! | [`report`] | what people and programs are told |
//!
//! [`tags`] and [`platform`] are the vocabulary, [`sys`] has the calls to the operating system, `text`
//! prepares text from outside for output, [`error`] is how all of them say no, and [`builder`] carries a
//! request through the stages; [`api`] does so for programs. [`init`] writes a new project.

// Input from outside can be wrong in every way, and must not cause a panic.
#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::expect_used))]

pub mod api;
pub mod audit;
pub mod build;
pub mod builder;
pub mod cli;
pub mod error;
pub mod init;
pub mod plan;
pub mod platform;
pub mod project;
pub mod report;
pub mod sys;
pub mod tags;
pub(crate) mod text;
pub mod toolchain;
pub mod wheel;

pub use api::{BuildConfig, WheelBuilder, build_wheel};
pub use error::{Error, ErrorKind, Problem, Result};
pub use plan::Optimize;
pub use platform::Platform;
