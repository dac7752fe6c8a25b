//! The symbol versions that an ELF file requires of the libraries that it loads.
//!
//! Source: Linux Standard Base, "Symbol Versioning". musl ignores symbol versions.

use std::collections::BTreeSet;

use crate::binary::facts::RequiredVersion;
use crate::binary::symbols::Symbols;
use crate::binary::unreadable::Unreadable;
use crate::tags::Release;

/// The most symbol versions that are read.
pub(super) const MOST_VERSIONS: usize = 4096;
/// `GLIBC_ABI_DT_RELR` says that the loader must know packed relocations; glibc 2.36 is the first.
const DT_RELR: Release = Release::new(2, 36);

/// The symbol versions that a binary requires: glibc's releases, and the others.
#[derive(Default)]
pub(super) struct Versions<'a> {
    /// The highest release of glibc.
    pub(super) floor: Option<Release>,
    /// The symbols that require that release.
    pub(super) symbols: BTreeSet<&'a [u8]>,
    /// The library, the name, and whether only weak symbols have the version.
    others: BTreeSet<(&'a [u8], &'a [u8], bool)>,
}

impl<'a> Versions<'a> {
    /// Adds a version that a library must have.
    pub(super) fn require(&mut self, library: &'a [u8], version: &'a [u8], is_weak: bool) {
        match release(version) {
            Some(release) => self.raise(release),
            // `refuse_shared_versions` limits their number.
            None => {
                self.others.insert((library, version, is_weak));
            }
        }
    }

    /// Adds a symbol that the binary takes from elsewhere in this version.
    pub(super) fn use_by(&mut self, version: &'a [u8], symbol: &'a [u8]) {
        let Some(release) = release(version) else {
            return;
        };
        self.raise(release);
        // No release of glibc has so many symbols, or one with such a long name.
        if Some(release) == self.floor && symbol.len() <= 256 && self.symbols.len() < MOST_VERSIONS
        {
            self.symbols.insert(symbol);
        }
    }

    fn raise(&mut self, release: Release) {
        if Some(release) > self.floor {
            self.floor = Some(release);
            self.symbols.clear();
        }
    }

    /// The versions that are not releases of glibc, sorted by library.
    pub(super) fn others(&self, names: &mut Symbols) -> Result<Vec<RequiredVersion>, Unreadable> {
        let (mut libraries, mut versions) = (Vec::new(), Vec::new());
        for (library, version, _) in &self.others {
            names.list(&mut libraries, library)?;
            names.list(&mut versions, version)?;
        }
        let is_weak = self.others.iter().map(|(.., is_weak)| *is_weak);
        let versions = libraries.into_iter().zip(versions).zip(is_weak);
        Ok(versions
            .map(|((library, name), is_weak)| RequiredVersion {
                library,
                name,
                is_weak,
            })
            .collect())
    }
}

/// `GLIBC_2.17` is 2.17, and so is `GLIBC_2.17.1`: wheel tags have two numbers.
fn release(version: &[u8]) -> Option<Release> {
    let version = std::str::from_utf8(version).ok()?;
    let numbers = version.strip_prefix("GLIBC_")?;
    if numbers == "ABI_DT_RELR" {
        return Some(DT_RELR);
    }
    let mut numbers = numbers.split('.').map(|number| number.parse().ok());
    let release = Release::new(numbers.next()??, numbers.next()??);
    numbers.all(|number| number.is_some()).then_some(release)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::binary::symbols::text;

    #[test]
    fn glibc_versions_are_releases_and_the_highest_counts() {
        assert_eq!(release(b"GLIBC_2.2.5"), Some(Release::new(2, 2)));
        assert_eq!(release(b"GLIBC_2.17"), Some(Release::new(2, 17)));
        assert_eq!(release(b"GLIBC_ABI_DT_RELR"), Some(Release::new(2, 36)));
        for other in ["GLIBC_PRIVATE", "GLIBC_2", "GLIBCXX_3.4", "GLIBC_2.x", ""] {
            assert_eq!(release(other.as_bytes()), None, "{other}");
        }
        let needed = ["GLIBC_2.9", "GLIBC_2.17", "GCC_3.0", "GLIBC_PRIVATE"];
        let asked = [
            ("GLIBC_2.17", "memcpy"),
            ("GLIBC_2.9", "dup3"),
            ("GLIBC_2.17", "clock_gettime"),
            ("GLIBC_2.17", "memcpy"),
        ];
        let mut glibc = Versions::default();
        for (version, name) in asked {
            glibc.use_by(version.as_bytes(), name.as_bytes());
        }
        for version in needed {
            glibc.require(b"libc.so.6", version.as_bytes(), false);
        }
        assert_eq!(glibc.floor, Some(Release::new(2, 17)));
        let others = glibc.others(&mut Symbols::of(0)).unwrap();
        let others: Vec<_> = others.iter().map(|version| version.name.as_str()).collect();
        assert_eq!(others, ["GCC_3.0", "GLIBC_PRIVATE"]);
        let symbols: Vec<_> = glibc.symbols.into_iter().map(text).collect();
        assert_eq!(symbols, ["clock_gettime", "memcpy"]);
    }
}
