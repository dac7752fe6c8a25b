//! [`PackageHash`]: what Zig knows a package by.

use std::fmt;
use std::str::FromStr;

use crate::error::Problem;

/// The folder of packages beside the build script, each in a folder named by its hash. Zig from 0.16 on stores
/// fetched packages there.
pub const FOLDER: &str = "zig-pkg";

/// The length of what stands behind name and version: 33 bytes in base64.
const DIGEST: usize = 44;

/// The hash of a package's files, which is also the name of its folder.
///
/// Ex) `clap-0.10.0-oBajB434AQBDh-Ei3YtoKIRxZacVPF1iSwp3IX_ZB8f0`; `N-V-…` where the package has neither
/// name nor version; before Zig 0.14 `1220` and 64 hexadecimal digits. Source: `Package.Hash` of Zig.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PackageHash(String);

impl PackageHash {
    /// The hash as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is of the kind that Zig has written up to 0.13. Later ones take it, but know the
    /// package by another name once it is fetched, and so fetch it again for every build; 0.16 refuses
    /// it.
    pub fn is_legacy(&self) -> bool {
        let digits = self.0.strip_prefix("1220");
        digits.is_some_and(|rest| rest.len() == 64 && rest.bytes().all(|b| b.is_ascii_hexdigit()))
    }

    /// Name and version of the package, unless it has none: files without a build.zig.zon.
    pub fn name_and_version(&self) -> Option<(&str, &str)> {
        self.parts().filter(|parts| *parts != ("N", "V"))
    }

    /// What stands before the digest.
    fn parts(&self) -> Option<(&str, &str)> {
        let end = self.0.len().checked_sub(DIGEST + 1)?;
        let (name, version) = self.0.get(..end)?.split_once('-')?;
        let is_whole = self.0[end..].starts_with('-') && !name.is_empty() && !version.is_empty();
        is_whole.then_some((name, version))
    }
}

impl fmt::Display for PackageHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for PackageHash {
    type Err = Problem;

    /// Takes what can be the name of a folder, and no path.
    fn from_str(text: &str) -> Result<Self, Problem> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'+');
        let hash = Self(text.to_owned());
        let is_known = hash.is_legacy() || hash.parts().is_some();
        if is_known && !text.starts_with('.') && text.bytes().all(plain) {
            return Ok(hash);
        }
        Err(Problem::new(format!(
            "`{text}` is not the hash of a package"
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_says_what_the_package_is() {
        for (text, named, legacy) in [
            (
                "clap-0.10.0-oBajB434AQBDh-Ei3YtoKIRxZacVPF1iSwp3IX_ZB8f0",
                Some(("clap", "0.10.0")),
                false,
            ),
            (
                "a_b-1.0.0-rc.1+x-oBajB434AQBDh-Ei3YtoKIRxZacVPF1iSwp3IX_ZB8f0",
                Some(("a_b", "1.0.0-rc.1+x")),
                false,
            ),
            (
                "N-V-__8AAKrHGAAs2shYq8UkE6bGcR1QJtLTyOE_lcosMn6t",
                None,
                false,
            ),
            (
                "12207183a702ebfe6b09f8c84f03195db17df86162bca03db00fd9c4e33535df3d98",
                None,
                true,
            ),
        ] {
            let hash: PackageHash = text.parse().unwrap();
            assert_eq!(hash.name_and_version(), named, "{text}");
            assert_eq!(hash.is_legacy(), legacy, "{text}");
            assert_eq!(hash.to_string(), text);
        }
        for text in [
            "",
            "..",
            "nfde",
            "clap-0.10.0",
            "--oBajB434AQBDh-Ei3YtoKIRxZacVPF1iSwp3IX_ZB8f0",
            "../-x-oBajB434AQBDh-Ei3YtoKIRxZacVPF1iSwp3IX_ZB8f0",
            "../../../../../etc/passwd",
            "C:\\aaaaaaaaaaaaaaaaaaaaaaaa",
            ".aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "a\u{e9}aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        ] {
            assert!(text.parse::<PackageHash>().is_err(), "{text}");
        }
    }
}
