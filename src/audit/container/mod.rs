//! Checks the wheel as a container: the archive, the paths in it, and the files in `.dist-info`.

pub(super) mod archive;
mod contacts;
pub(super) mod contents;
mod description;
pub(super) mod entry_points;
mod headers;
pub(super) mod imports;
pub(super) mod inflate;
pub(super) mod metadata;
pub(super) mod name;
pub(super) mod paths;
pub(super) mod places;
mod pyemscripten;
pub(super) mod record;
pub(super) mod requires_python;
mod rst;
pub(super) mod wheel_file;
pub(super) mod window;
