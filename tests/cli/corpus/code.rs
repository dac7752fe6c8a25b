//! Machine code.

/// A function that gives a null pointer: `xor eax, eax; ret`.
pub(super) const X86_NULL: [u8; 3] = [0x31, 0xc0, 0xc3];
/// The same for arm64: `mov x0, #0; ret`.
pub(super) const ARM64_NULL: [u8; 8] = [0x00, 0x00, 0x80, 0xd2, 0xc0, 0x03, 0x5f, 0xd6];

/// `vaddps ymm0, ymm0, ymm1`, which is AVX.
pub(super) const AVX: [u8; 4] = [0xc5, 0xfc, 0x58, 0xc1];
/// `vaddps zmm0, zmm0, zmm1`, which is AVX-512.
pub(super) const AVX512: [u8; 6] = [0x62, 0xf1, 0x7c, 0x48, 0x58, 0xc1];

/// `cpuid` and `xgetbv`, which ask the processor what it can do.
pub(super) const CPUID: [u8; 2] = [0x0f, 0xa2];
pub(super) const XGETBV: [u8; 3] = [0x0f, 0x01, 0xd0];
