//! WebAssembly: modules and components.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use pyz3_wheel_fuzz::{Counting, parse};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fuzz_target!(|data: &[u8]| -> Corpus {
    if !data.starts_with(b"\0asm") {
        return Corpus::Reject;
    }
    parse(data);
    Corpus::Keep
});
