//! Whether a file is native code, by its extension or its magic number.

use std::path::Path;

use crate::binary::magic::Magic;
use crate::error::Problem;

/// Extensions of files that only native builds make.
const NATIVE_ENDINGS: [&str; 6] = ["so", "pyd", "dll", "dylib", "lib", "pdb"];

/// Whether a file is native code: an extension or shared library, or what comes with one.
pub(super) fn is_native(path: &Path) -> Result<bool, Problem> {
    if has_native_ending(path) {
        return Ok(true);
    }
    let magic = fs_err::File::open(path).and_then(|file| Magic::of_file(file.file()));
    let magic =
        magic.map_err(|error| Problem::new(error.to_string()).hint("make the file readable"))?;
    Ok(magic.is_some())
}

pub(super) fn has_native_ending(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| {
        NATIVE_ENDINGS
            .iter()
            .any(|native| native.eq_ignore_ascii_case(ending))
    })
}
