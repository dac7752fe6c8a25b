//! Which processor a binary's code needs: whether it has AVX, and whether it asks first.
//!
//! Takes machine code of x86_64, decodes a sample of it from front to back. Sees what is encoded as
//! VEX or EVEX (AVX to AVX-512, FMA, BMI); does not see SSE3 to SSE4.2, POPCNT and the like, nor what
//! lies behind the sample, and takes data between the code for code.

use super::names::UndefinedSymbols;
use iced_x86::{Code, Decoder, DecoderOptions, EncodingKind};

/// How much code is decoded at most, in bytes.
const SAMPLE: usize = 4 << 20;
/// Data that is taken for code looks like a few such instructions; a compiler leaves many.
const ENOUGH: usize = 4;

/// What the sample of a binary's code says about the processor that it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum VectorCode {
    /// Nothing beyond the baseline was seen.
    #[default]
    None,
    /// There is AVX code, and something in the binary asks the processor what it can do.
    Chosen,
    /// There is AVX code, and nothing asks.
    Unasked,
}

/// Functions that ask the processor, or that only binaries with a choice call.
const ASKING: [&str; 8] = [
    "__cpu_model",
    "__cpu_indicator_init",
    "__cpu_features2",
    "getauxval",
    "elf_aux_info",
    "sysctlbyname",
    "IsProcessorFeaturePresent",
    "__isa_available",
];

/// The most code sections that are looked at.
pub(super) const MOST_SECTIONS: usize = 4096;

/// Whether a function or variable of this name detects CPU features.
pub(super) fn is_asking(name: &str) -> bool {
    ASKING.contains(&name)
}

/// Looks through code sections; `names` are those that the binary takes from elsewhere. `asks` says
/// whether something else (an indirect function) is known to choose.
pub(super) fn examine<'a>(
    sections: impl Iterator<Item = &'a [u8]>,
    names: &UndefinedSymbols,
    asks: bool,
) -> VectorCode {
    let mut left = SAMPLE;
    let mut vectors = 0;
    let mut unread = Vec::new();
    let mut asks = asks || ASKING.iter().any(|name| names.contains(name));
    for section in sections.take(MOST_SECTIONS) {
        let sample = &section[..section.len().min(left)];
        left -= sample.len();
        unread.push(&section[sample.len()..]);
        let mut decoder = Decoder::new(64, sample, DecoderOptions::NONE);
        let mut instruction = iced_x86::Instruction::default();
        while decoder.can_decode() {
            decoder.decode_out(&mut instruction);
            let code = instruction.code();
            match code.encoding() {
                EncodingKind::VEX | EncodingKind::EVEX => vectors += 1,
                EncodingKind::Legacy => asks |= matches!(code, Code::Cpuid | Code::Xgetbv),
                _ => {}
            }
            if asks && vectors >= ENOUGH {
                return VectorCode::Chosen;
            }
        }
    }
    // Behind the sample the bytes of the instructions that ask are enough: better no warning than one
    // that is untrue.
    let asks = asks || (vectors >= ENOUGH && unread.iter().any(|rest| may_ask(rest)));
    match vectors {
        ENOUGH.. if asks => VectorCode::Chosen,
        ENOUGH.. => VectorCode::Unasked,
        _ => VectorCode::None,
    }
}

/// Whether the bytes of CPUID or XGETBV are there.
fn may_ask(code: &[u8]) -> bool {
    [b"\x0f\xa2".as_slice(), b"\x0f\x01\xd0"]
        .into_iter()
        .any(|instruction| memchr::memmem::find(code, instruction).is_some())
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
        assert_eq!(see(&[&vaddps, &cpuid], &[], false), VectorCode::Chosen);
        assert_eq!(see(&[&vaddps], &["getauxval"], false), VectorCode::Chosen);
        assert_eq!(see(&[&vaddps], &[], true), VectorCode::Chosen);
        assert_eq!(see(&[&vaddps[..8]], &[], false), VectorCode::None);
        let long = [vaddps.as_slice(), &vec![0x90; SAMPLE], &cpuid].concat();
        assert_eq!(see(&[&long], &[], false), VectorCode::Chosen);
        assert_eq!(see(&[&long[..SAMPLE]], &[], false), VectorCode::Unasked);
    }
}
