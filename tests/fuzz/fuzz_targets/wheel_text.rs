//! The texts of a wheel in a good archive: METADATA, WHEEL, entry_points.txt and RECORD, with a zero
//! between them; what follows another zero is the path of one more file.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pyz3_wheel_fuzz::{Counting, DIST_INFO, WHEEL, check, pack, split};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const NAMES: [&str; 4] = ["METADATA", "WHEEL", "entry_points.txt", "RECORD"];

fuzz_target!(|data: &[u8]| check(WHEEL, &pack(&split(data, DIST_INFO, NAMES))));
