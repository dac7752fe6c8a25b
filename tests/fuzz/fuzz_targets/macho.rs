//! Mach-O for one architecture, of both widths and byte orders.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use pyz3_wheel_fuzz::{Counting, parse};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fuzz_target!(|data: &[u8]| -> Corpus {
    if !matches!(
        data,
        [0xfe, 0xed, 0xfa, 0xce | 0xcf, ..] | [0xce | 0xcf, 0xfa, 0xed, 0xfe, ..]
    ) {
        return Corpus::Reject;
    }
    parse(data);
    Corpus::Keep
});
