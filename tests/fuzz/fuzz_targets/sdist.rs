//! Whole sdists: a tar archive, or the same compressed with gzip.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pyz3_wheel_fuzz::{Counting, SDIST, check, compress, sign_headers};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fuzz_target!(|data: &[u8]| {
    if data.starts_with(b"\x1f\x8b") {
        check(SDIST, data);
    } else {
        let mut archive = data.to_vec();
        sign_headers(&mut archive);
        check(SDIST, &compress(&archive));
    }
});
