//! The packing stage alone, for `scripts/bench.sh pack`.
//!
//! `pack FOLDER OUTPUT COUNT`: packs the folder's files as COUNT wheels of different names, as one
//! run does; what is no folder is left out, links are followed.

use std::path::Path;

use pyz3_wheel::wheel::{Entry, Packer, Source, Timestamp, WheelSpec};
use walkdir::WalkDir;

fn main() -> anyhow::Result<()> {
    // Cargo adds `--bench`.
    let args: Vec<_> = std::env::args().skip(1).collect();
    let [folder, output, count, ..] = args.as_slice() else {
        anyhow::bail!("usage: pack FOLDER OUTPUT COUNT");
    };
    let (folder, output) = (Path::new(folder), Path::new(output));
    let count: u32 = count.parse()?;
    let threads = std::thread::available_parallelism()?.get();
    let mut entries = Vec::new();
    for file in WalkDir::new(folder).follow_links(true) {
        let file = file?;
        if file.file_type().is_file() {
            let path = file.path().strip_prefix(folder)?;
            let path = path.to_string_lossy().replace('\\', "/");
            entries.push(Entry {
                path: path.parse().map_err(pyz3_wheel::Error::config)?,
                source: Source::File(file.path().to_owned()),
                executable: false,
                shared: true,
            });
        }
    }
    let packer = if count == 1 {
        Packer::new(threads)
    } else {
        std::fs::create_dir_all(output)?;
        Packer::sharing(threads, output)
    };
    for number in 0..count {
        let filename = format!("bench-1.0-py3-none-manylinux_2_{}_x86_64.whl", 17 + number);
        let filename = filename.parse()?;
        let spec = WheelSpec {
            filename: &filename,
            metadata: "Metadata-Version: 2.4\nName: bench\nVersion: 1.0\n",
            entry_points: None,
            sbom: None,
            licenses: Vec::new(),
            entries: entries.clone(),
            root_is_purelib: false,
        };
        packer
            .pack(&spec, output, Timestamp::default())?
            .persist()?;
    }
    Ok(())
}
