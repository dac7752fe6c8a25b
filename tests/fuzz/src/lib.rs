//! What the fuzz targets share: the name that wheels are checked under, a limit for memory, and an
//! archive made of texts.

mod memory;
mod pack;

pub use memory::{Counting, within};
pub use pack::{SEPARATOR, pack};

use pyz3_wheel::audit::Binary;

/// The name that wheels are checked under.
pub const WHEEL: &str = "hello-1.0-cp312-cp312-manylinux_2_17_x86_64.whl";

/// The folder of that wheel's own files.
pub const DIST_INFO: &str = "hello-1.0.dist-info";

/// Reads a binary, in memory that is in proportion to it.
pub fn parse(bytes: &[u8]) {
    within(memory::of_binary(bytes.len()), || {
        // What is found must be of use, too: every message is made.
        if let Ok(Some(binary)) = Binary::parse(bytes) {
            let symbols = binary.python_symbols().count();
            assert!(symbols <= binary.parts().iter().map(|part| part.undefined.len()).sum());
        }
    });
}

/// Checks a wheel, in memory that is in proportion to it.
pub fn check(bytes: &[u8]) {
    within(memory::of_wheel(bytes.len()), || {
        for finding in pyz3_wheel::audit::check_bytes(WHEEL, bytes) {
            assert!(!finding.actual.is_empty());
        }
    });
}
