//! Binaries and archives that are truncated or contain impossible numbers.

use pyz3_wheel::audit::Code;

use super::case::{Case, INTEL, LINUX, MACOS, PURE, UNIVERSAL, WINDOWS, case};
use super::elf::Elf;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = cut();
    cases.extend(cut_archives());
    cases.extend(wrong_numbers());
    cases
}

/// Binaries of which the end is missing: a few bytes, the header, half, nearly all.
fn cut() -> Vec<Case> {
    let i686 = "cp312-cp312-manylinux_2_17_i686";
    let s390x = "cp312-cp312-manylinux_2_17_s390x";
    let win32 = "cp312-cp312-win32";
    let mut cases = Vec::new();
    for (kind, tags, lengths) in [
        ("ELF", LINUX, &[4, 15, 16, 40, 63, 64, 100][..]),
        ("ELF in 32 bits", i686, &[4, 20, 51, 52]),
        ("ELF with the high byte first", s390x, &[5, 32, 63, 64]),
        ("Mach-O for arm64", MACOS, &[4, 12, 31, 32, 200]),
        ("Mach-O for Intel", INTEL, &[4, 28, 32, 100]),
        ("Mach-O of two slices", UNIVERSAL, &[8, 20, 47, 48]),
        // Less than the place of its signature and `MZ` is no PE, and no binary at all.
        ("PE", WINDOWS, &[0x44, 0x50, 0x58, 0x100]),
        ("PE in 32 bits", win32, &[0x44, 0x58, 0xf0]),
    ] {
        for length in lengths {
            let what = format!("{kind} was cut to {length} bytes");
            cases.push(case(&what, Code::DamagedBinary, tags, |w| {
                w.damage(|bytes| bytes.truncate(*length))
            }));
        }
        for tenths in [5, 7] {
            // The tables are at the end, except in what is signed: there the signature is.
            let what = format!("{kind} was cut to {tenths} tenths");
            cases.push(case(&what, Code::DamagedBinary, tags, |w| {
                w.damage(|bytes| bytes.truncate(bytes.len() * tenths / 10))
            }));
        }
    }
    cases
}

fn cut_archives() -> Vec<Case> {
    let cut = |percent: usize| {
        let what = format!("the archive was cut to {percent} %");
        case(&what, Code::NotAZip, PURE, move |w| {
            w.bytes(move |bytes| bytes.truncate(bytes.len() * percent / 100))
        })
    };
    [1, 10, 25, 50, 75, 90, 95, 98, 99]
        .into_iter()
        .map(cut)
        .collect()
}

fn wrong_numbers() -> Vec<Case> {
    let damage = |what, tags, at: usize, bytes: &'static [u8]| {
        case(what, Code::DamagedBinary, tags, move |w| {
            w.damage(|all| all[at..at + bytes.len()].copy_from_slice(bytes))
        })
    };
    vec![
        damage("ELF is neither of 32 nor of 64 bits", LINUX, 4, &[3]),
        damage("ELF has no byte order", LINUX, 5, &[9]),
        damage("ELF has its segments outside", LINUX, 0x20, &[0xff; 7]),
        damage("ELF has its sections outside", LINUX, 0x28, &[0xff; 7]),
        damage(
            "ELF has more segments than bytes",
            LINUX,
            0x38,
            &[0xff, 0x7f],
        ),
        case(
            "ELF has neither sections nor a table that says how many symbols it has",
            Code::NotJudged,
            LINUX,
            |w| w.elf(|e| e.without_sections().without_hash_table()),
        ),
        case(
            "ELF has neither sections nor a dynamic table",
            Code::DamagedBinary,
            LINUX,
            |w| {
                w.elf(Elf::without_sections).damage(|bytes| {
                    // The place of the DYNAMIC segment, the third one.
                    let at = 64 + 2 * 56 + 8;
                    bytes[at..at + 8].copy_from_slice(&u64::MAX.to_le_bytes());
                })
            },
        ),
        case(
            "ELF has its strings elsewhere",
            Code::DamagedBinary,
            LINUX,
            |w| {
                // The section of the names of symbols is said to be far away.
                w.damage(|bytes| {
                    let table = u64::from_le_bytes(bytes[0x28..0x30].try_into().unwrap());
                    let third = usize::try_from(table).unwrap() + 3 * 64;
                    bytes[third + 0x18..third + 0x20].copy_from_slice(&(1_u64 << 40).to_le_bytes());
                })
            },
        ),
        damage("Mach-O has more commands than bytes", INTEL, 16, &[0xff; 4]),
        damage("Mach-O has a command without a size", INTEL, 36, &[0; 4]),
        damage(
            "Mach-O has a command that is longer than the file",
            INTEL,
            36,
            &[0xff; 4],
        ),
        damage(
            "Mach-O has more slices than bytes",
            UNIVERSAL,
            4,
            &[0, 0, 0, 30],
        ),
        damage("Mach-O has a slice outside", UNIVERSAL, 16, &[0x7f; 4]),
        damage(
            "PE has more sections than bytes",
            WINDOWS,
            0x46,
            &[0xff, 0x7f],
        ),
        damage(
            "PE has its table of imports outside",
            WINDOWS,
            0x40 + 24 + 112 + 8,
            &[0xff; 3],
        ),
        damage(
            "PE has its table of exports outside",
            WINDOWS,
            0x40 + 24 + 112,
            &[0xff; 3],
        ),
        damage(
            "PE has an optional header of no kind",
            WINDOWS,
            0x40 + 24,
            &[0xff, 0xff],
        ),
    ]
}
