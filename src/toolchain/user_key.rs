//! A secret key of this user on this machine, with which this program signs the files that it writes into projects.
//!
//! A checkout may contain any file, even one that looks like the state of earlier builds, but it cannot contain
//! a signature by the key. The cache directory has one key for each user, which is created when it is first
//! needed. Without a key no file is trusted, and everything is built.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use fs_err as fs;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::cache::Cache;
use super::cache::USER_KEY_HEADER as HEADER;
use crate::sys::files;

/// The kind under which the cache keeps keys, whose names differ from those of answers.
const FOLDER: &str = "answers";

/// The block size of SHA-256: HMAC takes a key of this length as it is.
const LENGTH: usize = 64;

/// The key of the user that this process runs as.
#[derive(Clone)]
pub struct UserKey([u8; LENGTH]);

// Keep the secret out of logs.
impl std::fmt::Debug for UserKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("UserKey")
    }
}

impl UserKey {
    /// Reads the key, or creates it; `None` in a temporary cache, where no later run would find it.
    /// Processes that create it at the same time agree on one.
    ///
    /// An error if the cache cannot keep a key, for example because a file of somebody else is in its place.
    pub fn of(cache: &Cache) -> io::Result<Option<Self>> {
        let name = file_name();
        for folder in cache.dirs(FOLDER) {
            match read(&folder.join(&name)) {
                Ok(Found::Key(key)) => return Ok(Some(key)),
                // If the file cannot be removed, creating a new one fails.
                Ok(Found::Exposed) => drop(fs::remove_file(folder.join(&name))),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        if cache.is_temporary() {
            return Ok(None);
        }
        create(cache, &name).map(Some)
    }

    /// Signs a text for one purpose: no signature for another purpose is the same.
    pub fn sign(&self, purpose: &str, parts: &[&[u8]]) -> String {
        hex::encode(self.mac(purpose, parts).finalize().into_bytes())
    }

    /// Whether [`UserKey::sign`] gave this signature.
    pub fn has_signed(&self, purpose: &str, parts: &[&[u8]], signature: &str) -> bool {
        let signature = hex::decode(signature).unwrap_or_default();
        let mac = self.mac(purpose, parts);
        // In constant time.
        mac.verify_slice(&signature).is_ok()
    }

    fn mac(&self, purpose: &str, parts: &[&[u8]]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new(&self.0.into());
        for part in [purpose.as_bytes()].iter().chain(parts) {
            // Sign the lengths too, so that text cannot move from one part to the next.
            mac.update(&(part.len() as u64).to_le_bytes());
            mac.update(part);
        }
        mac
    }
}

enum Found {
    Key(UserKey),
    /// Others could read it.
    Exposed,
}

fn read(path: &Path) -> io::Result<Found> {
    let file = files::open_regular(path, false)
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?;
    if !files::is_own(&file.metadata()?) {
        return Err(io::Error::other(format!(
            "{} belongs to somebody else",
            path.display()
        )));
    }
    if was_exposed(&file)? {
        return Ok(Found::Exposed);
    }
    let mut text = String::new();
    let most = HEADER.len() + 2 * LENGTH + 1;
    file.take(most as u64).read_to_string(&mut text)?;
    let digits = text.strip_prefix(HEADER).map(str::trim_end);
    let mut key = [0; LENGTH];
    match digits.map(|digits| hex::decode_to_slice(digits, &mut key)) {
        Some(Ok(())) => Ok(Found::Key(UserKey(key))),
        // Damaged: create a new key, as for an exposed one.
        _ => Ok(Found::Exposed),
    }
}

fn create(cache: &Cache, name: &str) -> io::Result<UserKey> {
    let mut key = [0; LENGTH];
    getrandom::fill(&mut key).map_err(io::Error::from)?;
    // Only its owner can read a temporary file.
    let mut new = cache.temporary_file(FOLDER)?;
    new.write_all(format!("{HEADER}{}\n", hex::encode(key)).as_bytes())?;
    let place = cache.path(FOLDER, name);
    match new.persist_noclobber(&place) {
        Ok(_) => Ok(UserKey(key)),
        // Another process was faster.
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => match read(&place)? {
            Found::Key(key) => Ok(key),
            Found::Exposed => Err(io::Error::other("the key was exposed meanwhile")),
        },
        Err(error) => Err(error.error),
    }
}

/// One file for each user: a cache may be shared.
#[cfg(unix)]
fn file_name() -> String {
    format!("user-{}.key", rustix::process::geteuid().as_raw())
}

#[cfg(not(unix))]
fn file_name() -> String {
    "user.key".to_owned()
}

/// Whether others could read a key. On a file system without modes everybody can read it anyway, so the key
/// is used.
#[cfg(unix)]
fn was_exposed(file: &File) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    let is_wide = || -> io::Result<bool> { Ok(file.metadata()?.permissions().mode() & 0o077 != 0) };
    if !is_wide()? {
        return Ok(false);
    }
    let narrowed = file.set_permissions(std::fs::Permissions::from_mode(0o600));
    Ok(narrowed.is_ok() && !is_wide()?)
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "as on Unix")]
fn was_exposed(_: &File) -> io::Result<bool> {
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toolchain::testing;

    fn key(cache: &Cache) -> UserKey {
        UserKey::of(cache).unwrap().unwrap()
    }

    #[cfg(unix)]
    fn place(cache: &Cache) -> std::path::PathBuf {
        cache.dir(FOLDER).join(file_name())
    }

    #[test]
    fn a_signature_holds_for_its_key_its_purpose_and_its_parts() {
        let (_folder, cache) = testing::cache();
        let key_of_user = key(&cache);
        let signature = key_of_user.sign("state", &[b"/p", b"text"]);
        let again = key(&cache);
        assert!(again.has_signed("state", &[b"/p", b"text"], &signature));
        for (purpose, parts) in [
            ("owner", [&b"/p"[..], b"text"]),
            ("state", [b"/q", b"text"]),
            ("state", [b"/ptext", b""]),
            ("state", [b"/p", b"texts"]),
        ] {
            assert!(!again.has_signed(purpose, &parts, &signature));
        }
        for wrong in ["", "00", "rubbish", &signature[2..]] {
            assert!(!again.has_signed("state", &[b"/p", b"text"], wrong));
        }
        let (_folder, cache) = testing::cache();
        let other = key(&cache);
        assert!(!other.has_signed("state", &[b"/p", b"text"], &signature));
        assert_eq!(format!("{key_of_user:?}"), "UserKey");
    }

    #[test]
    fn processes_that_create_a_key_at_once_agree() {
        let (_folder, cache) = testing::cache();
        let signatures: Vec<_> = std::thread::scope(|scope| {
            let sign = || key(&cache).sign("x", &[]);
            let threads: Vec<_> = (0..16).map(|_| scope.spawn(sign)).collect();
            threads.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert!(signatures.iter().all(|one| *one == signatures[0]));
        let left = std::fs::read_dir(cache.dir(FOLDER)).unwrap().count();
        assert_eq!(left, 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_key_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let (folder, cache) = testing::cache();
        let first = key(&cache).sign("x", &[]);
        let file = place(&cache);
        let mode = || std::fs::metadata(&file).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(), 0o600);
        // A key that others could read is replaced.
        fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
        let second = key(&cache).sign("x", &[]);
        assert_ne!(first, second);
        assert_eq!(mode(), 0o600);
        // So is one that is damaged, but not what is somebody else's: a link, a folder.
        fs::write(&file, "").unwrap();
        assert_ne!(key(&cache).sign("x", &[]), second);
        fs::rename(&file, folder.path().join("elsewhere")).unwrap();
        fs::os::unix::fs::symlink(folder.path().join("elsewhere"), &file).unwrap();
        UserKey::of(&cache).unwrap_err();
        assert!(file.is_symlink());
        fs::remove_file(&file).unwrap();
        fs::create_dir(&file).unwrap();
        UserKey::of(&cache).unwrap_err();
    }
}
