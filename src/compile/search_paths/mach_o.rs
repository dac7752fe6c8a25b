//! The load commands of Mach-O files that name libraries and search paths.
//!
//! Commands are changed in the space that they have, between the header and the first section, and the
//! hashes of the signature are computed again: arm64 does not run a file with an invalid signature.

use std::ops::Range;

use object::macho::{
    FatArch32, LC_CODE_SIGNATURE, LC_LOAD_DYLIB, LC_LOAD_UPWARD_DYLIB, LC_LOAD_WEAK_DYLIB,
    LC_REEXPORT_DYLIB, LC_RPATH, LC_SOURCE_VERSION, LinkeditDataCommand, LoadCommandType,
    MachHeader64,
};
use object::read::macho::{
    FatArch as _, MachHeader as _, MachOFatFile, Section as _, Segment as _,
};
use object::{Endian as _, Endianness, FileKind};

use super::libraries::{Libraries, is_of_zigs_cache, nearest, split, way};
use crate::audit::resolve_search_path;
use crate::binary::renew_signature;

/// The size of a load command is a multiple of this.
const ALIGNMENT: usize = 8;
/// Places in the header (`mach_header_64`): the number of commands and their size in bytes.
const COMMAND_COUNT: usize = 16;
const COMMANDS_SIZE: usize = 20;
/// Places in a command (`dylib_command`, `rpath_command`): its size, and where its name begins.
const COMMAND_SIZE: usize = 4;
const NAME_PLACE: usize = 8;
/// What a library is searched for by, beginning in the folder of the binary that loads it.
const LOADER_PATH: &str = "@loader_path";

/// Leads a binary in this folder of the wheel to the libraries that it loads; gives whether it was
/// changed.
pub(super) fn edit(bytes: &mut [u8], folder: &str, libraries: &Libraries) -> bool {
    let Some(slices) = slices(bytes) else {
        return false;
    };
    let mut changed = false;
    for slice in slices {
        let Some(slice) = bytes.get_mut(slice) else {
            continue;
        };
        if let Some(edited) = edited(slice, folder, libraries) {
            slice.copy_from_slice(&edited);
            changed = true;
        }
    }
    changed
}

/// The place of the file's code for each processor.
fn slices(bytes: &[u8]) -> Option<Vec<Range<usize>>> {
    match FileKind::parse(bytes).ok()? {
        FileKind::MachO64 => Some(std::iter::once(0..bytes.len()).collect()),
        FileKind::MachOFat32 => {
            let file = MachOFatFile::<FatArch32>::parse(bytes).ok()?;
            let ranges = file.arches().iter().map(|arch| {
                let (offset, size) = arch.file_range();
                let start = usize::try_from(offset).ok()?;
                Some(start..start.checked_add(usize::try_from(size).ok()?)?)
            });
            ranges.collect()
        }
        _ => None,
    }
}

/// The code for one processor with other load commands; `None` if none has to change, or if the new ones
/// do not fit.
fn edited(bytes: &[u8], folder: &str, libraries: &Libraries) -> Option<Vec<u8>> {
    let mut commands = Commands::read(bytes)?;
    if !commands.lead(folder, libraries) {
        return None;
    }
    let mut edited = bytes.to_vec();
    let signature = commands.signature.clone();
    commands.write(&mut edited)?;
    if let Some(signature) = signature {
        renew_signature(&mut edited, signature)?;
    }
    Some(edited)
}

/// The load commands of a file.
struct Commands {
    endian: Endianness,
    list: Vec<Command>,
    /// Where they are.
    place: Range<usize>,
    /// Where the first section begins.
    limit: usize,
    signature: Option<Range<usize>>,
}

struct Command {
    kind: LoadCommandType,
    bytes: Vec<u8>,
}

impl Commands {
    fn read(bytes: &[u8]) -> Option<Self> {
        let header = MachHeader64::<Endianness>::parse(bytes, 0).ok()?;
        let endian = header.endian().ok()?;
        let start = size_of::<MachHeader64<Endianness>>();
        let end = start.checked_add(header.sizeofcmds(endian).try_into().ok()?)?;
        let mut commands = Self {
            endian,
            list: Vec::new(),
            place: start..end,
            limit: bytes.len(),
            signature: None,
        };
        let mut found = header.load_commands(endian, bytes, 0).ok()?;
        while let Some(command) = found.next().ok()? {
            if command.cmd() == LC_CODE_SIGNATURE {
                let data: &LinkeditDataCommand<Endianness> = command.data().ok()?;
                let start = data.dataoff.get(endian) as usize;
                let end = start.checked_add(data.datasize.get(endian) as usize)?;
                commands.signature = Some(start..end);
            }
            if let Some((segment, data)) = command.segment_64().ok()? {
                for section in segment.sections(endian, data).ok()? {
                    // Sections of zeros have no place in the file.
                    let offset = section.offset(endian) as usize;
                    if offset > 0 {
                        commands.limit = commands.limit.min(offset);
                    }
                }
            }
            commands.list.push(Command {
                kind: command.cmd(),
                bytes: command.raw_data().to_vec(),
            });
        }
        (commands.limit >= end).then_some(commands)
    }

    /// Leads to the libraries of the wheel; gives whether that changes a command.
    fn lead(&mut self, folder: &str, libraries: &Libraries) -> bool {
        let endian = self.endian;
        let before = self.list.len();
        self.list.retain(|command| {
            let is_search_path = command.kind == LC_RPATH;
            !(is_search_path && command.name(endian).is_some_and(is_of_zigs_cache))
        });
        let mut changed = self.list.len() < before;
        let searched = self.list.iter().filter(|command| command.kind == LC_RPATH);
        let searched: Vec<_> = searched
            .filter_map(|command| command.name(endian))
            .filter(|entry| entry.starts_with(LOADER_PATH))
            .filter_map(|entry| resolve_search_path(entry, folder).ok())
            .collect();
        for command in self.list.iter_mut().filter(|command| command.loads()) {
            let Some((parent, file)) = command.name(endian).map(split) else {
                continue;
            };
            let Some(folders) = libraries.get(file) else {
                continue;
            };
            let found = parent == "@rpath" && searched.iter().any(|place| folders.contains(place));
            let is_ours = parent == "@rpath" || is_of_zigs_cache(parent);
            if let Some(nearest) = nearest(folders, folder).filter(|_| is_ours && !found) {
                let name = format!("{LOADER_PATH}{}/{file}", way(folder, nearest));
                changed |= command.rename(&name, endian).is_some();
            }
        }
        changed
    }

    /// Writes the commands into the file that they were read from, if they fit. What tells the version of
    /// the sources, which nothing reads, gives way to a longer name.
    fn write(mut self, bytes: &mut [u8]) -> Option<()> {
        let space = self.limit.checked_sub(self.place.start)?;
        if self.size() > space {
            self.list
                .retain(|command| command.kind != LC_SOURCE_VERSION);
        }
        let size = self.size();
        let commands = bytes.get_mut(self.place.start..self.limit)?;
        if size > space {
            return None;
        }
        let old = self.place.len();
        commands.get_mut(..old)?.fill(0);
        let mut rest = commands;
        for command in &self.list {
            let (own, others) = rest.split_at_mut_checked(command.bytes.len())?;
            own.copy_from_slice(&command.bytes);
            rest = others;
        }
        let count = u32::try_from(self.list.len()).ok()?;
        put(bytes, COMMAND_COUNT, count, self.endian)?;
        put(bytes, COMMANDS_SIZE, u32::try_from(size).ok()?, self.endian)
    }

    fn size(&self) -> usize {
        self.list.iter().map(|command| command.bytes.len()).sum()
    }
}

impl Command {
    /// Whether the command names a library to load.
    fn loads(&self) -> bool {
        [
            LC_LOAD_DYLIB,
            LC_LOAD_WEAK_DYLIB,
            LC_REEXPORT_DYLIB,
            LC_LOAD_UPWARD_DYLIB,
        ]
        .contains(&self.kind)
    }

    /// The library or the search path that the command names.
    fn name(&self, endian: Endianness) -> Option<&str> {
        let name = self.bytes.get(self.name_place(endian)?..)?;
        let end = name.iter().position(|byte| *byte == 0)?;
        std::str::from_utf8(&name[..end]).ok()
    }

    fn name_place(&self, endian: Endianness) -> Option<usize> {
        let place: [u8; 4] = self
            .bytes
            .get(NAME_PLACE..NAME_PLACE + 4)?
            .try_into()
            .ok()?;
        usize::try_from(endian.read_u32(place)).ok()
    }

    fn rename(&mut self, name: &str, endian: Endianness) -> Option<()> {
        self.bytes.truncate(self.name_place(endian)?);
        self.bytes.extend(name.as_bytes());
        let size = (self.bytes.len() + 1).next_multiple_of(ALIGNMENT);
        self.bytes.resize(size, 0);
        put(
            &mut self.bytes,
            COMMAND_SIZE,
            u32::try_from(size).ok()?,
            endian,
        )
    }
}

fn put(bytes: &mut [u8], at: usize, number: u32, endian: Endianness) -> Option<()> {
    let place = bytes.get_mut(at..at + 4)?;
    place.copy_from_slice(&endian.write_u32(number));
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::binary::{Binary, Signature};

    /// A module that loads `@rpath/libz.dylib`, and searches in `@loader_path/.dylibs`.
    fn module() -> Vec<u8> {
        let mut bytes = include_bytes!("../../../tests/fuzz/corpus/macho/arm64").to_vec();
        let old = b"/usr/lib/libSystem.B.dylib";
        let at = memchr::memmem::find(&bytes, old).unwrap();
        bytes[at..at + old.len()].fill(0);
        bytes[at..at + 17].copy_from_slice(b"@rpath/libz.dylib");
        bytes
    }

    fn edited_with(bytes: &[u8], folder: &str) -> Option<Binary> {
        let folders = std::iter::once(folder.to_owned()).collect();
        let libraries = std::iter::once(("libz.dylib".to_owned(), folders)).collect();
        let mut edited = bytes.to_vec();
        let changed = edit(&mut edited, "a", &libraries);
        assert_eq!(edited.len(), bytes.len());
        assert_eq!(changed, edited != bytes);
        changed.then(|| Binary::parse(&edited).unwrap().unwrap())
    }

    #[test]
    fn a_library_is_loaded_from_where_the_wheel_has_it() {
        let binary = edited_with(&module(), "a").unwrap();
        assert_eq!(binary.imports, ["@loader_path/libz.dylib"]);
        assert_eq!(binary.search_paths, ["@loader_path/.dylibs"]);
        assert_eq!(binary.signature, Signature::Holds);
        // The search path leads there already.
        assert_eq!(edited_with(&module(), "a/.dylibs"), None);
        // There is no room for so long a name.
        assert_eq!(edited_with(&module(), "another/folder/of/the/wheel"), None);
    }

    #[test]
    fn both_halves_of_a_universal_file_are_edited() {
        let halves = [module(), module()];
        let fat = crate::compile::universal::fat(&halves).unwrap();
        let binary = edited_with(&fat, "a").unwrap();
        for part in binary.parts() {
            assert_eq!(part.imports, ["@loader_path/libz.dylib"]);
            assert_eq!(part.signature, Signature::Holds);
        }
        assert_eq!(binary.parts().len(), 2);
    }

    #[test]
    fn damaged_files_do_no_harm() {
        let module = module();
        for at in 0..module.len() {
            let mut damaged = module.clone();
            damaged[at] ^= 0xff;
            let _ = edit(&mut damaged, "a", &Libraries::new());
            let mut short = module[..at].to_vec();
            let _ = edit(&mut short, "a", &Libraries::new());
        }
    }
}
