//! Whether a file is native code, by its ending or its first bytes.

use std::io::Read;
use std::path::Path;

use crate::error::Problem;

/// Endings of files that only native builds make.
const NATIVE_ENDINGS: [&str; 6] = ["so", "pyd", "dll", "dylib", "lib", "pdb"];

/// Whether a file is native code: an extension or shared library, or what comes with one.
pub(super) fn is_native(path: &Path) -> Result<bool, Problem> {
    if has_native_ending(path) {
        return Ok(true);
    }
    let mut head = Vec::new();
    fs_err::File::open(path)
        .and_then(|file| file.take(1024).read_to_end(&mut head))
        .map_err(|error| Problem::new(error.to_string()).hint("make the file readable"))?;
    Ok(is_native_head(&head))
}

pub(super) fn has_native_ending(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| {
        NATIVE_ENDINGS
            .iter()
            .any(|native| native.eq_ignore_ascii_case(ending))
    })
}

/// Whether a file that begins so is native code: ELF, Mach-O, PE or an archive of them.
fn is_native_head(head: &[u8]) -> bool {
    let word = |at: usize| {
        let bytes = head.get(at..at + 4)?.first_chunk::<4>()?;
        Some(u32::from_be_bytes(*bytes))
    };
    match word(0) {
        Some(0x7f45_4c46 | 0xfeed_face | 0xfeed_facf | 0xcefa_edfe | 0xcffa_edfe) => true,
        // A universal Mach-O counts its slices here, a Java class has its version, 45 or more.
        Some(0xcafe_babe) => word(4).is_some_and(|slices| slices < 45),
        _ if head.starts_with(b"!<arch>\n") => true,
        _ if head.starts_with(b"MZ") => {
            let at = word(0x3c).map(|at| at.swap_bytes() as usize);
            at.is_some_and(|at| head.get(at..at.saturating_add(4)) == Some(b"PE\0\0"))
        }
        _ => false,
    }
}
