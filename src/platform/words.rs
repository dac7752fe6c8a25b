//! The words for systems and processors in triples, in tags and in everyday names of platforms.

use super::Family;
use crate::tags::Arch;

/// What a word in the name of a platform stands for.
#[derive(Debug, Clone, Copy)]
struct Word {
    text: &'static str,
    /// The systems that it may stand for; all if it says nothing of the system.
    families: &'static [Family],
    arches: &'static [Arch],
}

const LINUX: &[Family] = &[Family::Manylinux, Family::Musllinux];
const EVERY: &[Family] = &[
    Family::Manylinux,
    Family::Musllinux,
    Family::Macos,
    Family::Windows,
];

const fn system(text: &'static str, families: &'static [Family]) -> Word {
    Word {
        text,
        families,
        arches: &[],
    }
}

const SYSTEMS: [Word; 24] = [
    system("linux", LINUX),
    system("manylinux", &[Family::Manylinux]),
    system("glibc", &[Family::Manylinux]),
    // Rust also has `x86_64-pc-windows-gnu`.
    system("gnu", &[Family::Manylinux, Family::Windows]),
    system("gnueabihf", &[Family::Manylinux]),
    system("musllinux", &[Family::Musllinux]),
    system("musl", &[Family::Musllinux]),
    system("musleabihf", &[Family::Musllinux]),
    system("alpine", &[Family::Musllinux]),
    system("macos", &[Family::Macos]),
    system("macosx", &[Family::Macos]),
    system("mac", &[Family::Macos]),
    system("osx", &[Family::Macos]),
    system("darwin", &[Family::Macos]),
    system("apple", &[Family::Macos]),
    system("windows", &[Family::Windows]),
    system("win", &[Family::Windows]),
    system("win32", &[Family::Windows]),
    system("msvc", &[Family::Windows]),
    system("gnullvm", &[Family::Windows]),
    Word {
        text: "win64",
        families: &[Family::Windows],
        arches: &[Arch::X86_64],
    },
    Word {
        text: "universal2",
        families: &[Family::Macos],
        arches: &[Arch::X86_64, Arch::Aarch64],
    },
    system("unknown", EVERY),
    system("pc", EVERY),
];

/// How people spell a processor. `arm` is missing, because Rust's `arm` is an older processor than Zig's.
const fn spellings(arch: Arch) -> &'static [&'static str] {
    match arch {
        Arch::X86_64 => &["amd64", "x64"],
        Arch::Aarch64 => &["aarch64", "arm64"],
        Arch::X86 => &["i686", "x86", "i386", "i586", "ia32"],
        Arch::Armv7 => &["armv7l", "armv7", "armv7a", "armhf"],
        Arch::Ppc64le => &["ppc64le", "powerpc64le"],
        Arch::S390x => &["s390x"],
        Arch::Riscv64 => &["riscv64", "riscv64gc"],
        Arch::Loongarch64 => &["loongarch64"],
        Arch::Wasm32 => &["wasm32"],
    }
}

/// The system and the processors that a text names, if every word is known and they do not contradict each other.
/// The list is empty if no word names a processor.
pub(super) fn read(text: &str) -> Option<(Family, Vec<Arch>)> {
    // The only processor whose name contains a separator.
    let text = text.replace("x86_64", "amd64").replace("x86-64", "amd64");
    let mut families = EVERY.to_vec();
    let mut arches: Vec<Arch> = Vec::new();
    for part in text.split(['-', '_', '/', ' ']) {
        let arch = Arch::ALL
            .into_iter()
            .find(|arch| spellings(*arch).contains(&part));
        let of_part = match (arch, SYSTEMS.iter().find(|word| word.text == part)) {
            (Some(arch), _) => vec![arch],
            (None, Some(word)) => {
                families.retain(|family| word.families.contains(family));
                word.arches.to_vec()
            }
            (None, None) => return None,
        };
        if !of_part.is_empty() {
            if !arches.is_empty() && arches != of_part {
                return None;
            }
            arches = of_part;
        }
    }
    // Words that fit every system name none.
    let family = *families.first().filter(|_| families != EVERY)?;
    Some((family, arches))
}

/// Every word of names, triples and tags apart from numbers.
pub(super) fn all() -> impl Iterator<Item = &'static str> {
    let systems = SYSTEMS.iter().map(|word| word.text);
    let arches = Arch::ALL
        .into_iter()
        .flat_map(|arch| spellings(arch).iter().copied());
    // `arm` is understood in the triples of Zig only.
    let others = [
        "arm",
        "x86_64",
        "x86-64",
        "manylinux1",
        "manylinux2010",
        "manylinux2014",
    ];
    systems.chain(arches).chain(others)
}
