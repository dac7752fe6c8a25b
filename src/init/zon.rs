//! The build.zig.zon of a new project, in which Zig records dependencies.

use std::hash::{BuildHasher as _, RandomState};

/// The longest name that Zig accepts.
const LONGEST: usize = 32;

/// The keywords of Zig that are not keywords of Python too, which no package has as its name.
const KEYWORDS: [&str; 36] = [
    "addrspace",
    "align",
    "allowzero",
    "anyframe",
    "anytype",
    "asm",
    "callconv",
    "catch",
    "comptime",
    "const",
    "defer",
    "enum",
    "errdefer",
    "error",
    "export",
    "extern",
    "fn",
    "inline",
    "linksection",
    "noalias",
    "noinline",
    "nosuspend",
    "opaque",
    "orelse",
    "packed",
    "pub",
    "resume",
    "struct",
    "suspend",
    "switch",
    "threadlocal",
    "union",
    "unreachable",
    "usingnamespace",
    "var",
    "volatile",
];

/// The text of a build.zig.zon. Its fingerprint makes the package different from every other one with
/// its name. There is no `minimum_zig_version`: builds would use the series of that Zig in place of the default one.
pub(super) fn text(package: &str) -> String {
    let name = name(package);
    let fingerprint = fingerprint(&name, random());
    format!(
        "// Zig's package manifest: `zig fetch --save URL` adds dependencies here.\n\
         .{{\n    .name = .{name},\n    .version = \"0.1.0\",\n    .fingerprint = 0x{fingerprint:016x}, // \
         changing this makes it another package\n    \
         .paths = .{{ \"build.zig\", \"build.zig.zon\", \"pyz3_build.zig\", \"src\" }},\n}}\n"
    )
}

/// The name of the package for Zig: a short identifier that is not a keyword.
fn name(package: &str) -> String {
    let suffix = if KEYWORDS.contains(&package) {
        "_py"
    } else {
        ""
    };
    let name = package.chars().chain(suffix.chars());
    name.take(LONGEST).collect()
}

/// What Zig expects: the checksum of the name above an ID that is neither all zeros nor all ones.
fn fingerprint(name: &str, random: u32) -> u64 {
    let id = random.clamp(1, u32::MAX - 1);
    u64::from(crc32fast::hash(name.as_bytes())) << 32 | u64::from(id)
}

/// The standard library seeds each hasher at random.
fn random() -> u32 {
    let bytes = RandomState::new().hash_one(0).to_le_bytes();
    u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_package_has_a_name_that_zig_accepts() {
        for (package, expected) in [
            ("my_ext", "my_ext"),
            ("error", "error_py"),
            ("x9", "x9"),
            (
                "a_name_that_is_longer_than_zig_lets_it_be",
                "a_name_that_is_longer_than_zig_l",
            ),
        ] {
            assert_eq!(name(package), expected);
        }
    }

    #[test]
    fn the_fingerprint_has_the_checksum_of_the_name() {
        // As `zig init` writes it for a package `hello`.
        for (random, id) in [(0, 1), (7, 7), (u32::MAX, u32::MAX - 1)] {
            assert_eq!(
                fingerprint("hello", random),
                0x3610_a686_0000_0000 | u64::from(id)
            );
        }
        assert!(text("my_ext").contains(".name = .my_ext,"));
    }
}
