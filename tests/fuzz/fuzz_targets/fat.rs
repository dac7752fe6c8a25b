//! Universal Mach-O, with places of 32 and 64 bits.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use pyz3_wheel_fuzz::{Counting, parse};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fuzz_target!(|data: &[u8]| -> Corpus {
    if !matches!(data, [0xca, 0xfe, 0xba, 0xbe | 0xbf, ..]) {
        return Corpus::Reject;
    }
    parse(data);
    Corpus::Keep
});
