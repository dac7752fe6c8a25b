//! What the fuzz targets share: the name that wheels are checked under, a limit for memory, and an
//! archive made of texts.

mod memory;
mod pack;

pub use memory::{Counting, within};
pub use pack::{SEPARATOR, pack};

use std::sync::LazyLock;

use pyz3_wheel::binary::Binary;

/// The name that wheels are checked under.
pub const WHEEL: &str = "hello-1.0-cp312-cp312-manylinux_2_17_x86_64.whl";

/// The folder of that wheel's own files.
pub const DIST_INFO: &str = "hello-1.0.dist-info";

/// Reads a binary, in memory that is in proportion to it.
pub fn parse(bytes: &[u8]) {
    within(memory::of_binary(bytes.len()), || {
        let read = Binary::parse(bytes);
        if shows() {
            eprintln!("{read:#?}");
        }
        if let Ok(Some(binary)) = read {
            let undefined = binary.parts().iter().map(|part| part.undefined.len());
            assert!(binary.python_symbols().count() <= undefined.sum());
        }
    });
}

/// Checks a wheel, in memory that is in proportion to it.
pub fn check(bytes: &[u8]) {
    within(memory::of_wheel(bytes.len()), || {
        let findings = pyz3_wheel::audit::check_bytes(WHEEL, bytes);
        if shows() {
            eprintln!("{findings:#?}");
        }
        assert!(findings.iter().all(|finding| !finding.actual.is_empty()));
    });
}

/// Whether what is found is printed: to look into a single input.
fn shows() -> bool {
    static SHOWS: LazyLock<bool> = LazyLock::new(|| std::env::var_os("FUZZ_SHOW").is_some());
    *SHOWS
}
