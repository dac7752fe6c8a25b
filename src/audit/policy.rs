//! What a system has by itself, so that no wheel needs to ship it.
//!
//! Takes names, says yes or no; the tables are in `data/`, each with its upstream in its head.

use crate::tags::{Arch, Release};

const MANYLINUX: &str = include_str!("data/manylinux.txt");
const WINDOWS: &str = include_str!("data/windows.txt");

/// Words of a table's lines without its comments.
fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split_whitespace().collect())
}

/// Whether every Linux with this glibc is taken to have the library.
pub(super) fn linux_has_library(name: &str, glibc: Release) -> bool {
    // The loader is in the process already.
    if name.starts_with("ld-linux") {
        return true;
    }
    rows(MANYLINUX).any(|row| {
        matches!(row[..], ["library", library, first] if library == name && is_at_most(first, glibc))
    })
}

/// Whether every Linux with this glibc is taken to have the symbol version, say `GLIBCXX_3.4.19`.
pub(super) fn linux_has_version(version: &str, arch: Arch, glibc: Release) -> bool {
    rows(MANYLINUX).any(|row| match row[..] {
        ["version", name, x86_64, aarch64] => {
            let first = match arch {
                Arch::X86_64 => x86_64,
                Arch::Aarch64 => aarch64,
            };
            name == version && is_at_most(first, glibc)
        }
        _ => false,
    })
}

fn is_at_most(first: &str, glibc: Release) -> bool {
    first.parse().is_ok_and(|first: Release| first <= glibc)
}

/// Whether Windows, or CPython on it, has the DLL; `name` in lowercase.
pub(super) fn windows_has_library(name: &str) -> bool {
    // API sets: names that Windows itself maps to its libraries.
    name.starts_with("api-ms-win-")
        || name.starts_with("ext-ms-win-")
        || rows(WINDOWS).flatten().any(|known| known == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_tables_can_be_read() {
        for row in rows(MANYLINUX).filter(|row| !row.is_empty()) {
            let release = |text: &str| text == "-" || text.parse::<Release>().is_ok();
            match row[..] {
                ["library", name, first] => {
                    assert!(name.contains(".so.") && release(first), "{row:?}");
                }
                ["version", name, x86_64, aarch64] => {
                    assert!(
                        name.contains('_') && release(x86_64) && release(aarch64),
                        "{row:?}"
                    );
                }
                _ => panic!("{row:?}"),
            }
        }
        for name in rows(WINDOWS).flatten() {
            assert_eq!(name, name.to_lowercase());
            assert!(name.contains('.'), "{name}");
        }
    }

    #[test]
    fn what_a_newer_glibc_has_an_older_one_may_lack() {
        let old = Release::new(2, 17);
        let new = Release::new(2, 28);
        assert!(linux_has_library("libc.so.6", old));
        assert!(linux_has_library("ld-linux-x86-64.so.2", old));
        assert!(!linux_has_library("libmvec.so.1", old));
        assert!(linux_has_library("libmvec.so.1", new));
        assert!(!linux_has_library("libssl.so.3", new));
        assert!(linux_has_version("GLIBCXX_3.4.19", Arch::X86_64, old));
        assert!(!linux_has_version("GLIBCXX_3.4.22", Arch::X86_64, old));
        assert!(linux_has_version("GLIBCXX_3.4.22", Arch::X86_64, new));
        assert!(linux_has_version("GCC_4.8.0", Arch::X86_64, old));
        assert!(!linux_has_version("GCC_4.8.0", Arch::Aarch64, new));
        assert!(!linux_has_version("OPENSSL_3.0.0", Arch::X86_64, new));
    }

    #[test]
    fn windows_has_its_own_libraries() {
        for name in [
            "kernel32.dll",
            "ntdll.dll",
            "msvcrt.dll",
            "ucrtbase.dll",
            "ws2_32.dll",
            "bcrypt.dll",
            "api-ms-win-crt-runtime-l1-1-0.dll",
            "winspool.drv",
        ] {
            assert!(windows_has_library(name), "{name}");
        }
        for name in ["libgcc_s_seh-1.dll", "python312.dll", "zlib1.dll", "#"] {
            assert!(!windows_has_library(name), "{name}");
        }
    }
}
