//! Which processor a binary's code needs: whether it has AVX, and whether it asks first.
//!
//! Takes machine code of x86_64. If neither a name nor an instruction asks, decodes a sample of it from
//! front to back. Sees what is encoded as VEX or EVEX (AVX to AVX-512, FMA, BMI); does not see SSE3 to
//! SSE4.2, POPCNT and the like, nor what lies behind the sample, and takes data between the code for code.

use std::fmt;

use object::elf;

use super::names::UndefinedSymbols;
use iced_x86::{Code, Decoder, DecoderOptions, EncodingKind, Instruction};

/// How much code is decoded at most, in bytes.
const SAMPLE: usize = 4 << 20;
/// Data that is taken for code looks like a few such instructions; a compiler leaves many.
const ENOUGH: usize = 4;
/// The most places that may be CPUID or XGETBV and are looked at by themselves.
const MOST_PLACES: usize = 4096;
/// How much code is decoded before such a place, in bytes.
const RUN_UP: usize = 64;

/// What the sample of a binary's code says about the processor that it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum VectorCode {
    /// No AVX code was seen, or something in the binary asks the processor what it can do.
    #[default]
    None,
    /// There is AVX code, and nothing asks.
    Unasked,
}

/// A level of the x86-64 instruction set beyond the baseline. Source: x86-64 psABI, "Micro-Architecture Levels".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum IsaLevel {
    /// SSE4.2, POPCNT and the like.
    V2,
    /// AVX2, FMA, BMI and the like.
    V3,
    /// AVX-512.
    V4,
    /// A level that is not known yet.
    Later,
}

impl IsaLevel {
    /// The highest level among the bits of a `GNU_PROPERTY_X86_ISA_1_NEEDED`; `None` for the baseline.
    pub(super) fn of_property(bits: u32) -> Option<Self> {
        match bits & !elf::GNU_PROPERTY_X86_ISA_1_BASELINE {
            0 => None,
            elf::GNU_PROPERTY_X86_ISA_1_V2 => Some(Self::V2),
            levels if levels > elf::GNU_PROPERTY_X86_ISA_1_V4 * 2 - 1 => Some(Self::Later),
            levels if levels & elf::GNU_PROPERTY_X86_ISA_1_V4 != 0 => Some(Self::V4),
            _ => Some(Self::V3),
        }
    }
}

impl fmt::Display for IsaLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V2 => "x86-64-v2",
            Self::V3 => "x86-64-v3",
            Self::V4 => "x86-64-v4",
            Self::Later => "a later level than x86-64-v4",
        })
    }
}

/// Functions and variables that say what the processor can do, of compilers, C libraries and operating systems.
const ASKING: [&str; 14] = [
    "__cpu_model",
    "__cpu_indicator_init",
    "__cpu_features2",
    "__intel_cpu_feature_indicator",
    "__intel_cpu_features_init",
    "__intel_cpu_indicator_init",
    "__isa_available",
    "__x86_get_cpuid_feature_leaf",
    "android_getCpuFeatures",
    "elf_aux_info",
    "getauxval",
    "GetEnabledXStateFeatures",
    "IsProcessorFeaturePresent",
    "sysctlbyname",
];

/// How the names of families of such functions begin: those of `<cpuid.h>`, of SDL and of cpuinfo.
const ASKING_FAMILIES: [&str; 5] = [
    "__builtin_cpu_",
    "__cpuid",
    "__get_cpuid",
    "SDL_Has",
    "cpuinfo_",
];

/// The most code sections that are looked at.
pub(super) const MOST_SECTIONS: usize = 4096;
/// The most code that is searched, in bytes. The sections of a hostile file may all have the same code.
const MOST_CODE: usize = 256 << 20;

/// Whether a function or variable of this name says what the processor can do.
pub(super) fn is_asking(name: &str) -> bool {
    ASKING.contains(&name)
        || ASKING_FAMILIES
            .iter()
            .any(|family| name.starts_with(family))
}

/// Looks through code sections; `names` are those that the binary takes from elsewhere. `asks` says
/// whether something else (an indirect function) is known to choose.
pub(super) fn examine<'a>(
    sections: impl Iterator<Item = &'a [u8]>,
    names: &UndefinedSymbols,
    asks: bool,
) -> VectorCode {
    if asks || names.iter().any(|symbol| is_asking(symbol.name)) {
        return VectorCode::None;
    }
    let mut left = MOST_CODE;
    let sections = sections.take(MOST_SECTIONS).map_while(|code| {
        left = left.checked_sub(code.len())?;
        Some(code)
    });
    let sections: Vec<_> = sections.collect();
    // Most binaries with AVX code ask, and searching for bytes is much faster than decoding all of the code.
    let mut left = MOST_PLACES;
    if sections.iter().any(|code| asks_somewhere(code, &mut left)) {
        return VectorCode::None;
    }
    let mut left = SAMPLE;
    let mut vectors = 0;
    let mut unread = Vec::new();
    for section in sections {
        let sample = &section[..section.len().min(left)];
        left -= sample.len();
        unread.push(&section[sample.len()..]);
        let mut decoder = Decoder::new(64, sample, DecoderOptions::NONE);
        let mut instruction = Instruction::default();
        while decoder.can_decode() {
            decoder.decode_out(&mut instruction);
            let code = instruction.code();
            if asks_processor(code) {
                return VectorCode::None;
            }
            let encoding = code.encoding();
            vectors += usize::from(matches!(encoding, EncodingKind::VEX | EncodingKind::EVEX));
        }
    }
    // Behind the sample the bytes of the instructions that ask are enough: better no warning than one
    // that is untrue.
    let may_ask = |code: &&[u8]| places(code).next().is_some();
    if vectors < ENOUGH || unread.iter().any(may_ask) {
        VectorCode::None
    } else {
        VectorCode::Unasked
    }
}

fn asks_processor(code: Code) -> bool {
    matches!(code, Code::Cpuid | Code::Xgetbv)
}

/// Where the bytes of CPUID and XGETBV are; other instructions may contain them too.
fn places(code: &[u8]) -> impl Iterator<Item = usize> {
    let instructions = [b"\x0f\xa2".as_slice(), b"\x0f\x01\xd0"];
    instructions
        .into_iter()
        .flat_map(|instruction| memchr::memmem::find_iter(code, instruction))
}

/// Whether code asks at one of the places that have the bytes. Decodes the code before each place, because
/// decoding falls into step with the instructions after a few of them. `left` is how many places may be tried.
fn asks_somewhere(code: &[u8], left: &mut usize) -> bool {
    places(code).any(|place| {
        let Some(rest) = left.checked_sub(1) else {
            return false;
        };
        *left = rest;
        let before = &code[place.saturating_sub(RUN_UP)..];
        let end = place.min(RUN_UP);
        let mut decoder = Decoder::new(64, before, DecoderOptions::NONE);
        while decoder.position() < end {
            let _ = decoder.decode();
        }
        decoder.position() == end && asks_processor(decoder.decode().code())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::binary::Provider;

    #[test]
    fn avx_counts_unless_something_asks() {
        let vaddps = [0xc5, 0xfc, 0x58, 0xc1].repeat(8);
        let addps = [0x0f, 0x58, 0xc1].repeat(8);
        let cpuid = [0x0f, 0xa2];
        let see = |sections: &[&[u8]], names: &[&'static str], asks| {
            let names = names.iter().map(|name| (*name, Provider::Any)).collect();
            examine(sections.iter().copied(), &names, asks)
        };
        assert_eq!(see(&[&addps], &[], false), VectorCode::None);
        assert_eq!(see(&[&vaddps], &["malloc"], false), VectorCode::Unasked);
        assert_eq!(see(&[&vaddps, &cpuid], &[], false), VectorCode::None);
        assert_eq!(see(&[&vaddps], &[], true), VectorCode::None);
        assert_eq!(see(&[&vaddps[..8]], &[], false), VectorCode::None);
        for name in [
            "getauxval",
            "SDL_HasAVX2",
            "cpuinfo_initialize",
            "__get_cpuid_count",
            "IsProcessorFeaturePresent",
        ] {
            assert_eq!(see(&[&vaddps], &[name], false), VectorCode::None, "{name}");
        }
        // The bytes of CPUID in the number of another instruction: mov eax, 0xa20f.
        let number = [0xb8, 0x0f, 0xa2, 0, 0];
        assert_eq!(see(&[&vaddps, &number], &[], false), VectorCode::Unasked);
        assert_eq!(
            see(&[&vaddps, &number, &cpuid], &[], false),
            VectorCode::None
        );
        let long = [vaddps.as_slice(), &vec![0x90; SAMPLE], &cpuid].concat();
        assert_eq!(see(&[&long], &[], false), VectorCode::None);
        assert_eq!(see(&[&long[..SAMPLE]], &[], false), VectorCode::Unasked);
    }
}
