//! Whole wheels: the archive, and whatever is reached through it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pyz3_wheel_fuzz::{Counting, WHEEL, check};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fuzz_target!(|data: &[u8]| check(WHEEL, data));
