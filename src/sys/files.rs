//! Checks and sets who may read and write files, and opens files without following links.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::time::SystemTime;

use crate::error::Problem;

/// Options that open only what is at the path itself: a link is not followed, and a named pipe does not
/// block.
#[cfg(unix)]
pub(super) fn plain_options() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;

    use rustix::fs::OFlags;
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let mut options = OpenOptions::new();
    options.custom_flags(flags.bits().cast_signed());
    options
}

/// Options that open only what is at the path itself: a link is not followed.
#[cfg(windows)]
pub(super) fn plain_options() -> OpenOptions {
    use std::os::windows::fs::OpenOptionsExt as _;
    const FILE_FLAG_OPEN_REPARSE_POINT: u32 = 0x0020_0000;
    let mut options = OpenOptions::new();
    options.custom_flags(FILE_FLAG_OPEN_REPARSE_POINT);
    options
}

/// Opens a regular file that is at the path itself, for reading, and for writing too if `write` says so.
pub(crate) fn open_regular(path: &Path, write: bool) -> io::Result<File> {
    // Check before opening the file: opening a device may have effects.
    check_regular(&std::fs::symlink_metadata(path)?)?;
    let file = plain_options().read(true).write(write).open(path)?;
    check_regular(&file.metadata()?)?;
    Ok(file)
}

fn check_regular(metadata: &Metadata) -> io::Result<()> {
    if metadata.is_file() {
        return Ok(());
    }
    Err(io::Error::new(
        io::ErrorKind::InvalidInput,
        "it is not a regular file",
    ))
}

/// Checks that files can be created in a folder. If it does not exist, its nearest existing ancestor is
/// tried. Nothing is left there.
pub(crate) fn check_writable(folder: &Path) -> io::Result<()> {
    let mut folders = folder.ancestors();
    let existing = folders.find(|folder| folder.exists()).unwrap_or(folder);
    if !existing.is_dir() {
        let why = format!("{} is not a folder", existing.display());
        return Err(io::Error::other(why));
    }
    tempfile::tempfile_in(existing).map(drop)
}

/// Writes a file in one step, so that another process reads the old content or the new one. The content
/// is not synced to the disk.
pub(crate) fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut new = tempfile::NamedTempFile::new_in(folder)?;
    new.write_all(content)?;
    new.persist(path)?;
    Ok(())
}

/// Whether a file begins with `#!`, as scripts do that a system can run.
pub(crate) fn is_script(path: &Path) -> bool {
    let mut head = [0; 2];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut head));
    read.is_ok() && head == *b"#!"
}

/// Records in a file's time of change that it was used now, if the file can be written.
pub(crate) fn touch(path: &Path) {
    let file = File::options().write(true).open(path);
    let _ = file.and_then(|file| file.set_modified(SystemTime::now()));
}

/// Whether the file has no other name (hard link). Through another name it may be a file of the user.
#[cfg(unix)]
pub(crate) fn has_one_name(metadata: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    metadata.nlink() == 1
}

/// Whether the file has no other name; the standard library cannot tell here.
#[cfg(not(unix))]
pub(crate) fn has_one_name(_metadata: &Metadata) -> bool {
    true
}

/// Whether a file or folder belongs to the user that this process runs as.
#[cfg(unix)]
pub(crate) fn is_own(metadata: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    metadata.uid() == rustix::process::geteuid().as_raw()
}

/// Whether a file or folder belongs to the user that this process runs as: temporary folders are each
/// user's own here.
#[cfg(not(unix))]
pub(crate) fn is_own(_metadata: &Metadata) -> bool {
    true
}

/// Whether the system does not let this user write.
pub(super) fn is_denial(error: &io::Error) -> bool {
    use io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
    matches!(error.kind(), PermissionDenied | ReadOnlyFilesystem)
}

/// Says that a folder cannot be written to, and whose it is.
pub(crate) fn denied(folder: &Path, error: &io::Error) -> Problem {
    let metadata = std::fs::metadata(folder).ok();
    let owner = metadata
        .filter(|metadata| !is_own(metadata))
        .and_then(|metadata| owner(&metadata));
    let folder = folder.display();
    match owner {
        Some(owner) if error.kind() == io::ErrorKind::PermissionDenied => Problem::new(format!(
            "cannot write to the folder {folder}, which belongs to the user {owner}: {error}"
        ))
        .hint(format!(
            "have {owner} let your group write to it: chmod g+ws {folder}"
        )),
        _ => Problem::new(format!("cannot write to the folder {folder}: {error}")),
    }
}

#[cfg(unix)]
fn owner(metadata: &Metadata) -> Option<String> {
    use std::os::unix::fs::MetadataExt as _;
    let id = metadata.uid();
    // Users that are known elsewhere (LDAP) stay numbers.
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let name = users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(id)).then(|| name.to_owned())
    });
    name.or_else(|| Some(id.to_string()))
}

#[cfg(not(unix))]
fn owner(_metadata: &Metadata) -> Option<String> {
    None
}

/// Creates a folder in another one, and lets the same users write to it, whatever the umask is.
pub(crate) fn create_shared_folder(folder: &Path, within: &Path) -> io::Result<()> {
    match std::fs::create_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
        Err(error) => Err(error),
        Ok(()) => {
            share(&File::open(folder), within, 0o7777);
            Ok(())
        }
    }
}

/// Lets everyone who may write to a folder write to a new file in it, whatever the umask is.
pub(super) fn share_file(file: &File, folder: &Path) {
    share(&file.try_clone(), folder, 0o666);
}

/// Adds the permissions that a folder gives to other users than its owner, if they may write to it.
#[cfg(unix)]
fn share(new: &io::Result<File>, folder: &Path, mask: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    let (Ok(new), Ok(folder)) = (new, std::fs::metadata(folder)) else {
        return;
    };
    let Ok(own) = new.metadata() else { return };
    let own = own.permissions().mode();
    let wanted = own | (shared_bits(folder.permissions().mode()) & mask);
    if wanted != own {
        // If this fails, others cannot write here, and the error that they get names the owner.
        let _ = new.set_permissions(std::fs::Permissions::from_mode(wanted));
    }
}

#[cfg(not(unix))]
fn share(_new: &io::Result<File>, _folder: &Path, _mask: u32) {}

/// The bits of a folder's mode that let other users write, with what belongs to them.
#[cfg(unix)]
fn shared_bits(mode: u32) -> u32 {
    const SET_GROUP_ID: u32 = 0o2000;
    const STICKY: u32 = 0o1000;
    let mut bits = 0;
    if mode & 0o020 != 0 {
        bits |= mode & (0o070 | SET_GROUP_ID | STICKY);
    }
    if mode & 0o002 != 0 {
        bits |= mode & (0o007 | STICKY);
    }
    bits
}
