//! The `.dist-info` folder of a wheel that isn't built yet, as build backends are asked for it.
//!
//! Source: PEP 517, `prepare_metadata_for_build_wheel`.

use std::path::{Path, PathBuf};

use super::WheelSpec;
use super::contents::{Bytes, own_files};
use crate::error::{Error, ErrorKind, Result};

/// Writes what the wheel will say about itself, but for RECORD and a bill of materials, below `dir`;
/// gives the folder.
pub fn write_dist_info(spec: &WheelSpec<'_>, dir: &Path) -> Result<PathBuf> {
    let (mut problems, mut unreadable) = (Vec::new(), Vec::new());
    let items = own_files(spec, &mut problems, &mut unreadable)?;
    Error::check(ErrorKind::Config, problems)?;
    Error::check(ErrorKind::System, unreadable)?;
    for item in &items {
        let place = dir.join(item.path.as_str());
        if let Some(folder) = place.parent() {
            fs_err::create_dir_all(folder)?;
        }
        match &item.bytes {
            Bytes::Here(bytes) => fs_err::write(place, bytes)?,
            Bytes::Owned(bytes) => fs_err::write(place, bytes)?,
            Bytes::File(file, stamp) => {
                let mut file = file.open(stamp)?;
                std::io::copy(&mut file, &mut fs_err::File::create(place)?).map(drop)?;
            }
        }
    }
    Ok(dir.join(spec.dist_info()))
}
