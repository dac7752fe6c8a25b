//! Whether a file is a program: it then has mode 0755 in wheel and sdist, and 0644 otherwise.
//!
//! On Unix the owner's executable bit decides. Where the file system has no such bit, git's index does, and
//! where there is no git, whether the file begins with `#!`.

use std::path::Path;

use crate::project::checkout::Checkout;
use crate::sys::files::is_script;

/// Where the modes of a project's files are taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Modes {
    /// From the file system.
    Disk,
    /// From git's index, or from the first bytes of files that git does not track.
    Index,
}

impl Modes {
    /// A file system that knows no modes, as a Windows drive in WSL, says that every file is executable, and
    /// pyproject.toml is not a program. git has noticed that too when it made the clone.
    pub(super) fn of(root: &Path, checkout: Option<&Checkout>) -> Self {
        let is_suspect = disk(&root.join(crate::project::source::FILE_NAME)) != Some(false);
        if is_suspect && (cfg!(not(unix)) || checkout.is_some_and(Checkout::ignores_modes)) {
            Self::Index
        } else {
            Self::Disk
        }
    }

    pub(super) fn is_executable(self, path: &Path, checkout: Option<&Checkout>) -> bool {
        if self == Self::Disk {
            return disk(path).unwrap_or_default();
        }
        let index = checkout.and_then(|checkout| checkout.tracked().ok());
        let tracked = index.and_then(|index| index.is_executable(path));
        tracked.unwrap_or_else(|| is_script(path))
    }
}

/// The owner's executable bit, where there is one.
#[cfg(unix)]
fn disk(path: &Path) -> Option<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    let found = std::fs::metadata(path).ok()?;
    Some(found.permissions().mode() & 0o100 != 0)
}

#[cfg(not(unix))]
fn disk(_: &Path) -> Option<bool> {
    None
}
