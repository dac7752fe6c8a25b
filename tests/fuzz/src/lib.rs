//! What the fuzz targets share: the file names that wheels and sdists are checked under, a memory limit, and
//! archives made of texts.

mod memory;
mod pack;
mod tar;

pub use memory::{Counting, within};
pub use pack::{SEPARATOR, pack};
pub use tar::{compress, sign_headers, tar};

use std::sync::LazyLock;

use pyz3_wheel::binary::Binary;

/// The name that wheels are checked under.
pub const WHEEL: &str = "hello-1.0-cp312-cp312-manylinux_2_17_x86_64.whl";

/// The folder of that wheel's own files.
pub const DIST_INFO: &str = "hello-1.0.dist-info";

/// The name that sdists are checked under.
pub const SDIST: &str = "hello-1.0.tar.gz";

/// The folder that all files of that sdist are in.
pub const TOP: &str = "hello-1.0";

/// The texts of an input, in order: one for each of `names`, and then any number of paths.
pub fn split<'a, const N: usize>(
    data: &'a [u8],
    folder: &str,
    names: [&str; N],
) -> Vec<(String, &'a [u8])> {
    let mut texts = data.splitn(N + 1, |byte| *byte == SEPARATOR);
    let own = names.into_iter().zip(&mut texts);
    let mut files: Vec<_> = own
        .map(|(name, text)| (format!("{folder}/{name}"), text))
        .collect();
    let paths = texts.flat_map(|paths| paths.split(|byte| *byte == SEPARATOR));
    let paths = paths.filter_map(|path| std::str::from_utf8(path).ok());
    files.extend(paths.map(|path| (path.chars().take(1000).collect(), &b"print()\n"[..])));
    files
}

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

/// Checks a wheel or an sdist of this name, in memory that is in proportion to it.
pub fn check(filename: &str, bytes: &[u8]) {
    within(memory::of_archive(bytes.len()), || {
        let findings = pyz3_wheel::audit::check_bytes(filename, bytes);
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
