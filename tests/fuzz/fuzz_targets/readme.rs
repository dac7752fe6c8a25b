//! The readme in METADATA, as reStructuredText.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pyz3_wheel_fuzz::{Counting, DIST_INFO, WHEEL, check, pack};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const FIELDS: &str = "Metadata-Version: 2.1\nName: hello\nVersion: 1.0\nDescription-Content-Type: text/x-rst\n\n";

fuzz_target!(|data: &[u8]| {
    let metadata = [FIELDS.as_bytes(), data].concat();
    check(WHEEL, &pack(&[(format!("{DIST_INFO}/METADATA"), &metadata)]));
});
