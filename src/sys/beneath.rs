//! Opens a file below a directory, and nothing else, even while somebody replaces the file, or a directory
//! on the way to it, with a link.

use std::fs::File;
use std::io;
use std::path::{Component, Path};

/// Opens a regular file at a path below a directory. Links on the way are not followed, so the path that
/// was checked is the path that is opened. Opening a named pipe is an error and does not block.
pub(crate) fn open(directory: &Path, below: &Path) -> io::Result<File> {
    let parts = below.components();
    let names = parts.map(|part| match part {
        Component::Normal(name) => Ok(Path::new(name)),
        _ => Err(io::Error::other("a path that leads out of its directory")),
    });
    let file = walk(directory, &names.collect::<io::Result<Vec<_>>>()?)?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::Error::other("not a regular file"))
    }
}

#[cfg(unix)]
fn walk(directory: &Path, names: &[&Path]) -> io::Result<File> {
    use rustix::fs::{CWD, Mode, OFlags, openat};
    // A directory that may be passed through but not listed can only be opened like this.
    #[cfg(target_os = "linux")]
    const PASS: OFlags = OFlags::PATH;
    #[cfg(not(target_os = "linux"))]
    const PASS: OFlags = OFlags::RDONLY;
    let folder = PASS | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let file = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let (last, parents) = names
        .split_last()
        .ok_or_else(|| io::Error::other("not a regular file"))?;
    let mut place = openat(CWD, directory, folder, Mode::empty())?;
    for name in parents {
        place = openat(&place, *name, folder | OFlags::NOFOLLOW, Mode::empty())?;
    }
    Ok(openat(&place, *last, file, Mode::empty())?.into())
}

/// Links need a privilege here, and files cannot be opened relative to a directory: the path of the file
/// is compared once the file is open.
#[cfg(not(unix))]
fn walk(directory: &Path, names: &[&Path]) -> io::Result<File> {
    let path = names
        .iter()
        .fold(directory.to_owned(), |path, name| path.join(name));
    let before = std::fs::canonicalize(&path)?;
    let file = super::files::plain_options().read(true).open(&path)?;
    let is_same = std::fs::canonicalize(&path)? == before
        && before.starts_with(std::fs::canonicalize(directory)?);
    if is_same {
        Ok(file)
    } else {
        Err(io::Error::other("a link that leads out of its directory"))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use fs_err as fs;

    use super::*;

    fn read(directory: &Path, below: &str) -> io::Result<String> {
        let mut text = String::new();
        open(directory, Path::new(below))?.read_to_string(&mut text)?;
        Ok(text)
    }

    #[test]
    fn only_files_below_the_directory_are_opened() {
        let folder = tempfile::tempdir().unwrap();
        let top = folder.path().join("top");
        fs::create_dir_all(top.join("a/b")).unwrap();
        fs::write(top.join("a/b/file"), "text").unwrap();
        fs::write(folder.path().join("secret"), "secret").unwrap();
        assert_eq!(read(&top, "a/b/file").unwrap(), "text");
        for other in ["", "a", "a/b/none", "../secret", "a/../../secret", "."] {
            assert!(read(&top, other).is_err(), "{other}");
        }
        let outside = folder.path().join("secret");
        assert!(open(&top, &outside).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn no_link_is_followed_and_no_pipe_is_waited_for() {
        use fs_err::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let top = folder.path().join("top");
        fs::create_dir_all(top.join("real")).unwrap();
        fs::write(top.join("real/file"), "text").unwrap();
        symlink("file", top.join("real/link")).unwrap();
        symlink("real", top.join("folder")).unwrap();
        symlink(folder.path(), top.join("out")).unwrap();
        for link in ["real/link", "folder/file", "out/top/real/file"] {
            assert!(read(&top, link).is_err(), "{link}");
        }
        let pipe = std::process::Command::new("mkfifo")
            .arg(top.join("pipe"))
            .status();
        if pipe.is_ok_and(|status| status.success()) {
            assert!(read(&top, "pipe").is_err());
        }
    }
}
