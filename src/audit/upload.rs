//! The size that indexes accept.

use super::code::Code;
use super::finding::Finding;

/// The default size limit of PyPI, in bytes.
const LARGEST_UPLOAD: u64 = 100 << 20;

/// Whether indexes accept a file of this size, in bytes.
pub(super) fn judge(length: u64) -> Option<Finding> {
    (length > LARGEST_UPLOAD).then(|| {
        let actual = format!("has {length} bytes, but PyPI accepts {LARGEST_UPLOAD}");
        Finding::new(Code::UploadSize, actual)
    })
}
