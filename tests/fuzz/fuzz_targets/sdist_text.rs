//! The texts of an sdist in a good archive: PKG-INFO and pyproject.toml, with a zero between them; what follows
//! another zero is the path of one more file.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pyz3_wheel_fuzz::{Counting, SDIST, TOP, check, compress, split, tar};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const NAMES: [&str; 2] = ["PKG-INFO", "pyproject.toml"];

fuzz_target!(|data: &[u8]| check(SDIST, &compress(&tar(&split(data, TOP, NAMES)))));
