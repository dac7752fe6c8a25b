//! Turns a Zig-written Python extension into wheels for every platform, from one machine.
//!
//! Data flows from [`cli`] through [`project`], [`plan`], [`compile`], [`audit`] and [`wheel`] to [`report`].
//! Imports go one way too: a module imports only from the floors below its own.
//!
//! | floor | modules | what they do |
//! |---|---|---|
//! | 14 | [`cli`], [`api`] | the command line and the Rust API |
//! | 13 | [`report`] | what people and programs read |
//! | 12 | [`settings`], [`init`] | options, variables and keys, resolved; new projects |
//! | 11 | [`run`] | the engine: carries out a plan, reusing what earlier runs built |
//! | 10 | [`compile`] | runs `zig build` for a job and places what it installs |
//! | 9 | [`audit`] | what a wheel and its binaries are, compared with what the tags promise |
//! | 8 | [`wheel`] | the bytes of wheels and source distributions |
//! | 7 | [`plan`] | platforms × Pythons → jobs; pure data |
//! | 6 | [`project`], [`toolchain`] | what the project declares; Zig, Pythons and headers on this machine |
//! | 5 | [`binary`], [`metadata`], [`options`] | parsers of native binaries, and what Pythons export; values of core metadata; the table of settings |
//! | 4 | [`platform`] | the platforms and their Zig targets |
//! | 3 | [`tags`], [`sys`] | tags and versions; calls to the operating system |
//! | 2 | `text` | text from outside, prepared for output |
//! | 1 | [`error`] | errors with a place and a hint |

// Input from outside can be wrong in every way, and must not cause a panic.
#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::expect_used))]

pub mod api;
pub mod audit;
pub mod binary;
pub mod cli;
pub mod compile;
pub mod error;
pub mod init;
pub mod metadata;
pub mod options;
pub mod plan;
pub mod platform;
pub mod project;
pub mod report;
pub mod run;
pub mod settings;
pub mod sys;
pub mod tags;
pub(crate) mod text;
pub mod toolchain;
pub mod wheel;

pub use api::{BuildConfig, WheelBuilder, build_wheel};
pub use error::{Error, ErrorKind, Problem, Result};
pub use plan::Optimize;
pub use platform::Platform;
