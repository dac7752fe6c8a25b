//! The tests that need neither a Zig nor a network: a contributor runs them after each change.

mod cache;
mod check;
mod check_formats;
mod check_selection;
mod corpus;
mod docs_links;
mod documents;
mod faults;
mod files;
mod fix;
mod hostile;
mod init;
mod layers;
mod lists;
mod malformed;
mod metadata;
mod mistakes;
mod packages;
mod pages;
mod reference;
mod sdist;
mod settings;
mod shared;
mod shipped;
mod snapshots;
mod workflows;
