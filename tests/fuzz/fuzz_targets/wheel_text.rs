//! The texts of a wheel in a good archive: METADATA, WHEEL, entry_points.txt and RECORD, with a zero
//! between them; what follows another zero is the path of one more file.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pyz3_wheel_fuzz::{Counting, DIST_INFO, SEPARATOR, check, pack};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const NAMES: [&str; 4] = ["METADATA", "WHEEL", "entry_points.txt", "RECORD"];

fuzz_target!(|data: &[u8]| {
    let mut texts = data.splitn(NAMES.len() + 1, |byte| *byte == SEPARATOR);
    let mut files: Vec<(String, &[u8])> = Vec::new();
    for (name, text) in NAMES.into_iter().zip(&mut texts) {
        files.push((format!("{DIST_INFO}/{name}"), text));
    }
    for path in texts.filter_map(|path| std::str::from_utf8(path).ok()) {
        files.push((path.chars().take(1000).collect(), b"print()\n"));
    }
    check(&pack(&files));
});
